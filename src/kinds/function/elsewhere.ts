import { nowMs } from "../../clock.ts";
import type { Driver } from "../../driver/driver.ts";
import type { Attempt, AttemptTimes, Over } from "../../driver/kind.ts";
import type { JobObserver } from "../../driver/observers.ts";
import { type CallTask, isOver } from "./call.ts";

/** What the doer of a call tells the session. */
export interface Elsewhere {
  /** An attempt begins, on a machine of that name; undefined for this one. */
  startedElsewhere(call: CallTask, attempt: number, machine: string | undefined): void;
  /** The attempt is over; the call is not: it will be tried again. */
  interruptedElsewhere(call: CallTask): void;
  /**
   * The call has its value, or its error, which is in it. Does nothing for one that is over.
   *
   * @param times undefined where it was done without an attempt
   */
  doneElsewhere(call: CallTask, succeeded: boolean, times: AttemptTimes | undefined): void;
  /** The call is left to the slots. */
  toSlots(call: CallTask): void;
}

export function doneElsewhere(driver: Driver<CallTask>, observer: JobObserver<CallTask>): Elsewhere {
  return {
    startedElsewhere(call, attempt, machine) {
      call.attempt = attempt;
      call.machine = machine;
      call.startMs = nowMs();
      call.state = "running";
      observer.started(attemptOf(call));
    },
    interruptedElsewhere(call) {
      call.state = "waiting";
      observer.ended(over(call, { startMs: call.startMs, endMs: nowMs() }, false), undefined);
    },
    doneElsewhere(call, succeeded, times) {
      if (isOver(call)) return;
      driver.doneElsewhere(call.seq, succeeded, times && over(call, times, succeeded));
    },
    toSlots(call) {
      if (isOver(call)) return;
      call.doer = undefined;
      call.state = "waiting";
      driver.unblock(call.seq);
    },
  };
}

/** The latest attempt of a call, which is in no slot of the scheduler. */
function attemptOf(call: CallTask): Attempt<CallTask> {
  return { id: 0, task: call, number: call.attempt, slot: call.slot, isAhead: false };
}

function over(call: CallTask, { startMs, endMs }: AttemptTimes, succeeded: boolean): Over<CallTask> {
  return { attempt: attemptOf(call), end: { startMs, endMs, exitCode: succeeded ? 0 : 1, signal: 0 } };
}
