import { collectFailures, type Failures } from "../../../driver/record/failures.ts";
import { startMonitor } from "../../../driver/record/monitor.ts";
import { peakMemory } from "../../../driver/record/peak-memory.ts";
import { createRecorder } from "../../../driver/record/recorder.ts";
import { haltTeller } from "../halt-teller.ts";
import type { JobFrame } from "./job-frame.ts";
import { openJobTimeline } from "./job-timeline.ts";

/** What is kept of a job while it runs. */
export interface JobRecord {
  readonly failures: Failures;
  /** Looks at the job from time to time. `reason`: why nothing starts, where it is not that all slots are busy. */
  watch(reason: () => string | undefined): void;
}

/** How often a running job is looked at. */
const LOOK_MS = 250;

/** The journal hears of what happens before anybody is shown it. */
export async function openRecord(frame: JobFrame, opened: AsyncDisposableStack): Promise<JobRecord> {
  const { options, journal, observers, driver, earlier, resumed, say } = frame;
  const peaks = peakMemory();
  const attemptsBefore = (task: number): number => resumed?.attemptsBefore(task) ?? 0;
  const recorder = createRecorder({ journal, peaks, attemptsBefore, warn: say });
  opened.defer(() => recorder.close());
  const timeline = await openJobTimeline(options.trace, driver, say);
  opened.defer(() => timeline.close());
  const failures = collectFailures(earlier.failures);
  observers.add(recorder.observer);
  observers.add(timeline.observer);
  observers.add(failures.observer);
  observers.add(haltTeller(options.halt.when === "soon", say));
  return {
    failures,
    watch: (reason) =>
      opened.defer(startMonitor({ driver, journal, peaks, everyMs: LOOK_MS, attemptsBefore, reason })),
  };
}
