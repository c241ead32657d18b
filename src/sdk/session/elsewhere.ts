import { type Call, isOver } from "../call.ts";
import type { Admission } from "./admission.ts";
import type { AttemptTimes, SessionObserver } from "./observer.ts";
import { isAdmitted, nowMs, type Scheduling } from "./scheduling.ts";

/** What the doer of a call tells the session. */
export interface Elsewhere {
  /** An attempt begins, on a machine of that name; undefined for this one. */
  startedElsewhere(call: Call, attempt: number, machine: string | undefined): void;
  /** The attempt is over; the call is not: it will be tried again. */
  interruptedElsewhere(call: Call): void;
  /**
   * The call has its value, or its error, which is in it. Does nothing for one that is over.
   *
   * @param times undefined where it was done without an attempt
   */
  doneElsewhere(call: Call, succeeded: boolean, times: AttemptTimes | undefined): void;
  /** The call is left to the slots. */
  toSlots(call: Call): void;
}

export function doneElsewhere(
  scheduling: Scheduling,
  { admit }: Admission,
  observer: SessionObserver,
): Elsewhere {
  const { dispatch } = scheduling;
  return {
    startedElsewhere(call, attempt, machine) {
      call.attempt = attempt;
      call.machine = machine;
      call.startMs = nowMs();
      call.state = "running";
      observer.started(call);
    },
    interruptedElsewhere(call) {
      call.state = "waiting";
      observer.ended(call, { startMs: call.startMs, endMs: nowMs() }, undefined);
    },
    doneElsewhere(call, succeeded, times) {
      if (isOver(call)) return;
      if (!isAdmitted(scheduling, call)) admit();
      const event = { nowMs: nowMs(), type: "doneElsewhere", task: call.task, succeeded } as const;
      dispatch(event, times && { call, times });
    },
    toSlots(call) {
      if (isOver(call)) return;
      call.doer = undefined;
      call.state = "waiting";
      if (isAdmitted(scheduling, call)) dispatch({ nowMs: nowMs(), type: "unblocked", task: call.task });
    },
  };
}
