import type { JobEvent } from "../../core/events.ts";
import type { JobState } from "../../core/step.ts";
import type { Call } from "../call.ts";
import type { EndedAttempt } from "./observer.ts";

/** The scheduler, as the parts of a session share it. */
export interface Scheduling {
  readonly state: JobState;
  /** Tasks without an outcome, by number. */
  readonly open: Map<number, Call>;
  /**
   * Tells the scheduler what has happened, and does what it asks for.
   *
   * @param ended the attempt that the event ends
   */
  dispatch(event: JobEvent, ended?: EndedAttempt): void;
}

/** Whether the scheduler has been told of a task: that happens once a turn. */
export function isAdmitted({ state }: Scheduling, call: Call): boolean {
  return call.task <= state.added;
}

/** Handles one event after the other: those that come while another is handled wait until it is done with. */
export function inTurn(
  handle: (event: JobEvent, ended: EndedAttempt | undefined) => void,
  broken: (error: unknown) => void,
): Scheduling["dispatch"] {
  const events: { readonly event: JobEvent; readonly ended: EndedAttempt | undefined }[] = [];
  let isHandling = false;
  return (event, ended) => {
    if (isHandling) {
      events.push({ event, ended });
      return;
    }
    isHandling = true;
    try {
      handle(event, ended);
      for (let at = 0; at < events.length; at++) handle(events[at]!.event, events[at]!.ended);
      events.length = 0;
    } catch (error) {
      broken(error);
      throw error;
    } finally {
      isHandling = false;
    }
  };
}

const ORIGIN_MS = performance.timeOrigin;

/** As threads and processes measure it, too: host.ts. */
export function nowMs(): number {
  return ORIGIN_MS + performance.now();
}
