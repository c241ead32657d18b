import { nowMs } from "../../clock.ts";
import type { Attempt, AttemptTimes } from "../../driver/kind.ts";
import type { CallAttempt, CallEvents } from "../../launch/thread/launcher.ts";
import type { CallTask } from "./call.ts";
import { lostError } from "./task-error.ts";

/** The end of an attempt whose host is gone: nobody knows how it would have ended. */
export interface LostEnd extends AttemptTimes {
  /** Undefined for one that has not begun. */
  readonly error: Error | undefined;
  /** It is not to blame. */
  readonly interrupted: boolean;
}

type Owner = Attempt<CallTask>;

export interface LostAttemptsOptions {
  /** The scheduler's. */
  stateOf(task: number): string;
  /** An attempt comes back unstarted. */
  returned(attempt: Owner): void;
  ended(attempt: Owner, end: LostEnd): void;
}

/** What the scheduler calls tasks behind the first one of a slot. */
export const AHEAD: ReadonlySet<string> = new Set(["queued", "returning", "dropping"]);
const STOPPED: ReadonlySet<string> = new Set(["timingOut", "cancelling"]);

/** What becomes of the attempts of a host that is gone. Only the one that may have ended it has used a try. */
export function lostAttempts({ stateOf, returned, ended }: LostAttemptsOptions): CallEvents<Owner>["onLost"] {
  const isAhead = ({ task }: CallAttempt<Owner>): boolean => AHEAD.has(stateOf(task));
  const wasStopped = ({ task }: CallAttempt<Owner>): boolean => STOPPED.has(stateOf(task));
  const isUnderWay = (attempt: CallAttempt<Owner>): boolean => attempt.owner.task.running === attempt;

  const mayRunTwice = ({ owner: { task } }: CallAttempt<Owner>): boolean =>
    task.options.pure !== false && !task.hasItems;

  return (running, waiting, why, unknown) => {
    const end = ({ owner }: CallAttempt<Owner>, hasBegun: boolean, interrupted: boolean): void => {
      const { task: call } = owner;
      const error = hasBegun ? lostError(call, why) : undefined;
      ended(owner, { startMs: call.startMs, endMs: nowMs(), error, interrupted });
    };
    // Those that had not begun come back first: they would begin when those ahead of them end.
    for (const attempt of waiting) if (isAhead(attempt)) returned(attempt.owner);
    // They may have begun and even ended, on another machine. Where that matters, they have.
    for (const attempt of unknown) if (isAhead(attempt) && mayRunTwice(attempt)) returned(attempt.owner);
    const stopped = running.some(wasStopped);
    // First in its slot, but not begun: the thread was still starting. Not one that has come back: that may have been given out
    // again.
    for (const attempt of waiting) if (isUnderWay(attempt)) end(attempt, false, true);
    const last = running.at(-1);
    for (const attempt of running) {
      // A slot's calls run one after the other: it has ended, and its end was lost on the way.
      const hasEnded = attempt !== last && attempt.slot === last!.slot;
      const isInnocent = hasEnded || (stopped && !wasStopped(attempt));
      end(attempt, true, isInnocent && mayRunTwice(attempt));
    }
    // Behind those before them, in their slots' order.
    for (const attempt of unknown) if (isUnderWay(attempt)) end(attempt, true, mayRunTwice(attempt));
  };
}
