import type { CallAttempt, CallEvents } from "../../launch/thread/launcher.ts";
import type { Call } from "../call.ts";
import { lostError } from "../task-error.ts";
import type { AttemptTimes } from "./observer.ts";
import { nowMs } from "./scheduling.ts";

/** How an attempt has ended. See `attemptEnded` of JobEvent. */
export interface AttemptEnd {
  /** Default: no. */
  readonly succeeded?: boolean;
  readonly retriable: boolean;
  /** Default: no. */
  readonly interrupted?: boolean;
}

export interface LostAttemptsOptions {
  /** The scheduler's. */
  stateOf(task: number): string;
  /** An attempt comes back unstarted. */
  returned(call: Call): void;
  ended(call: Call, times: AttemptTimes, how: AttemptEnd): void;
}

/** What the scheduler calls tasks behind the first one of a slot. */
export const AHEAD: ReadonlySet<string> = new Set(["queued", "returning", "dropping"]);
const STOPPED: ReadonlySet<string> = new Set(["timingOut", "cancelling"]);

/** What becomes of the attempts of a host that is gone. Only the one that may have ended it has used a try. */
export function lostAttempts({ stateOf, returned, ended }: LostAttemptsOptions): CallEvents<Call>["onLost"] {
  const isAhead = ({ task }: CallAttempt<Call>): boolean => AHEAD.has(stateOf(task));
  const wasStopped = ({ task }: CallAttempt<Call>): boolean => STOPPED.has(stateOf(task));
  const timesOf = ({ startMs }: Call): AttemptTimes => ({ startMs, endMs: nowMs() });

  const mayRunTwice = ({ owner: { options, hasItems } }: CallAttempt<Call>): boolean =>
    options.pure !== false && !hasItems;

  return (running, waiting, why, unknown) => {
    // Those that had not begun come back first: they would begin when those ahead of them end.
    for (const attempt of waiting) if (isAhead(attempt)) returned(attempt.owner);
    // They may have begun and even ended, on another machine. Where that matters, they have.
    for (const attempt of unknown) if (isAhead(attempt) && mayRunTwice(attempt)) returned(attempt.owner);
    const stopped = running.some(wasStopped);
    // First in its slot, but not begun: the thread was still starting.
    for (const attempt of waiting) {
      const { owner: call } = attempt;
      // Not one that has come back: that may have been given out again.
      if (call.running === attempt) ended(call, timesOf(call), { retriable: true, interrupted: true });
    }
    const last = running.at(-1);
    for (const attempt of running) {
      const { owner: call } = attempt;
      // A slot's calls run one after the other: it has ended, and its end was lost on the way.
      const hasEnded = attempt !== last && attempt.slot === last!.slot;
      const isInnocent = hasEnded || (stopped && !wasStopped(attempt));
      const interrupted = isInnocent && mayRunTwice(attempt);
      call.error = lostError(call, why);
      ended(call, timesOf(call), { retriable: !call.hasItems, interrupted });
    }
    // Behind those before them, in their slots' order.
    for (const attempt of unknown) {
      const { owner: call } = attempt;
      if (call.running !== attempt) continue;
      call.error = lostError(call, why);
      ended(call, timesOf(call), { retriable: !call.hasItems, interrupted: mayRunTwice(attempt) });
    }
  };
}
