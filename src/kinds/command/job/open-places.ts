import { createEmitter, type Emitter } from "../../../driver/emitter.ts";
import { type SlotMemory, slotMemory } from "../../../journal/peak-memory.ts";
import { attemptIds } from "../attempt-ids.ts";
import type { CommandTask } from "../command-task.ts";
import { type Launchers, openLaunchers } from "../slots/open-launchers.ts";
import { type JobSource, openJobSource } from "../text/job-source.ts";
import type { JobFrame } from "./job-frame.ts";
import { jobShell } from "./job-shell.ts";

/** Where a job's commands run. */
export interface JobPlaces extends Launchers {
  readonly shell: string;
  readonly jobSource: JobSource;
  readonly memory: SlotMemory;
  /** The slots are others than before. */
  readonly slotsChange: Emitter;
}

export async function openPlaces(frame: JobFrame, opened: AsyncDisposableStack): Promise<JobPlaces> {
  const { options, env, journal, observers, driver, stops, world, say } = frame;
  const shell = jobShell(env);
  const jobSource = openJobSource(options, shell, env);
  opened.defer(() => jobSource.close());
  const attempts = attemptIds<CommandTask>();
  observers.add(attempts.observer);
  const slotsChange = createEmitter();
  const memory = slotMemory();
  const launchers = await openLaunchers({
    options,
    env,
    shell,
    journal,
    memory,
    onEnd: (end) => attempts.withId(end.id, (attempt) => driver.ended(attempt, end)),
    onReturn: (id) => attempts.withId(id, driver.returned),
    onChange: slotsChange.emit,
    onHopeless: stops.fail,
    world,
    isWindingUp: () => driver.state.inputClosed && driver.open.size === driver.attempts.size,
    say,
  });
  const { launcher, room, fleet } = launchers;
  opened.defer(() => launcher.close());
  opened.defer(() => room.close());
  // What is cut into as many pieces as there are slots needs to know of all of them.
  if (options.pipe || options.pipePart) await fleet?.contacted;
  return { ...launchers, shell, jobSource, memory, slotsChange };
}
