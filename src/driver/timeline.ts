import { type ByteString, bufferOf, decodeText } from "../bytes/bytes.ts";
import { nowMs } from "../clock.ts";
import type { Timeline } from "../output/timeline/timeline.ts";
import type { LoopView } from "./loop-types.ts";
import type { Recorder } from "./recorder.ts";

export interface JobTimeline {
  /** The same recorder, whose attempts go to the timeline, too. */
  traced(recorder: Recorder): Recorder;
  close(): void;
}

/** --trace; without it, nothing. @throws YonderError OUTPUT where the file cannot be made */
export async function openJobTimeline(
  path: ByteString | undefined,
  view: () => LoopView,
  onError: (error: Error) => void,
): Promise<JobTimeline> {
  if (path === undefined) return { traced: (recorder) => recorder, close: () => {} };
  const { openTimeline } = await import("../output/timeline/timeline.ts");
  const timeline = openTimeline(bufferOf(path), "yonder", nowMs(), onError);
  return { traced: (recorder) => traced(recorder, view, timeline), close: timeline.close };
}

function traced(recorder: Recorder, view: () => LoopView, timeline: Timeline): Recorder {
  const counts = (): { running: number; waiting: number } => {
    const { added, running, resumed, counts } = view();
    const done = Object.values(counts).reduce((sum, count) => sum + count, resumed);
    return { running: running.size, waiting: added - done - running.size };
  };
  return {
    finished(attempt, command, end, outcome, output, more) {
      recorder.finished(attempt, command, end, outcome, output, more);
      // It took no slot.
      if (more?.reused) return;
      const { exitCode, signal } = end.exit;
      timeline.attempt({
        group: "slot",
        slot: attempt.slot,
        name: decodeText(command),
        startMs: end.startMs,
        endMs: end.endMs,
        result: outcome?.type ?? "retried",
        args: { task: attempt.task.seq, attempt: attempt.attempt, exitCode, ...(signal !== 0 && { signal }) },
      });
      timeline.counts(nowMs(), counts);
    },
    settled: (seq, outcome) => recorder.settled(seq, outcome),
  };
}
