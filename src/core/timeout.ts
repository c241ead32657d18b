import { slotsOf } from "./classes.ts";
import { takeOffClock } from "./clock.ts";
import type { Effect } from "./events.ts";
import { medianMs } from "./median.ts";
import { move } from "./move.ts";
import { taskIn } from "./slots.ts";
import type { ClassState, JobState } from "./state.ts";
import { attemptsOf } from "./task-table.ts";

/**
 * No timeout of so many percent of the median is shorter. GNU parallel looks at the clock up to a second late, and so it never
 * kills a job of milliseconds because the machine was busy for a moment; an exact timer would.
 */
export const PERCENT_TIMEOUT_MS_MIN = 1000;

/** Tells the attempts to stop that have run for too long. */
export function stopOverdue(state: JobState, effects: Effect[]): void {
  for (const one of state.classes) {
    while (one.oldest !== 0 && deadlineMs(state, one) <= state.nowMs) {
      const slots = slotsOf(state, one);
      const task = taskIn(slots, one.oldest, 0);
      move(state, task, "timeOut");
      takeOffClock(one, slots, one.oldest);
      effects.push({ type: "signalAttempt", task, attempt: attemptsOf(state.table, task), why: "timeout" });
    }
  }
}

/** When the next attempt will have run for too long; Infinity for never. */
export function nextDeadlineMs(state: JobState): number {
  let nextMs = Number.POSITIVE_INFINITY;
  for (const one of state.classes) if (one.oldest !== 0) nextMs = Math.min(nextMs, deadlineMs(state, one));
  return nextMs;
}

/** The time allowed for an attempt, as of now: also for those that began earlier. */
export function timeoutMs({ spec: { timeout }, runtimes }: ClassState): number {
  switch (timeout.type) {
    case "none":
      return Number.POSITIVE_INFINITY;
    case "fixed":
      return timeout.timeoutMs;
    case "percent": {
      // From the first attempt that succeeds, as in GNU parallel.
      const median = medianMs(runtimes!);
      if (median === undefined) return Number.POSITIVE_INFINITY;
      return Math.max(PERCENT_TIMEOUT_MS_MIN, (median * timeout.percent) / 100);
    }
    default:
      return timeout satisfies never;
  }
}

function deadlineMs(state: JobState, one: ClassState): number {
  return slotsOf(state, one).startMs[one.oldest]! + timeoutMs(one);
}
