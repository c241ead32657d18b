import { slotsOf } from "../core/classes.ts";
import { runningCount } from "../core/state.ts";
import { stateOf } from "../core/task-table.ts";
import type { Driver } from "./driver.ts";
import type { Attempt, Task } from "./kind.ts";

/** An attempt that runs, and when it became the one that its slot runs. */
export interface RunningAttempt<T extends Task = Task> {
  readonly attempt: Attempt<T>;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
}

/** Those that run, oldest first; not those that are queued behind them. */
export function* runningAttempts<T extends Task>({
  state,
  attempts,
  stoppedMs,
}: Pick<Driver<T>, "state" | "attempts" | "stoppedMs">): Generator<RunningAttempt<T>> {
  for (const attempt of attempts.values()) {
    const { seq, class: ofClass } = attempt.task;
    if (!IN_PROGRESS.has(stateOf(state.table, seq))) continue;
    const { startMs } = slotsOf(state, state.classes[ofClass]!);
    yield { attempt, startMs: startMs[attempt.slot]! + stoppedMs };
  }
}

const IN_PROGRESS: ReadonlySet<string> = new Set(["running", "timingOut", "cancelling"]);

/** How many tasks have not been started, or not again. */
export function waitingCount({ state, open }: Pick<Driver, "state" | "open">): number {
  return open.size - runningCount(state);
}
