import { takeOffClock } from "./clock.ts";
import type { Effect } from "./events.ts";
import { medianMs } from "./median.ts";
import { move } from "./move.ts";
import { taskIn } from "./slots.ts";
import type { JobState } from "./state.ts";
import { attemptsOf } from "./task-table.ts";

/**
 * No timeout of so many percent of the median is shorter. GNU parallel looks at the clock up to a second late, and so it never
 * kills a job of milliseconds because the machine was busy for a moment; an exact timer would.
 */
export const PERCENT_TIMEOUT_MS_MIN = 1000;

/** Tells the attempts to stop that have run for too long. */
export function stopOverdue(state: JobState, effects: Effect[]): void {
  const { slots } = state;
  while (slots.oldest !== 0 && nextDeadlineMs(state) <= state.nowMs) {
    const task = taskIn(slots, slots.oldest, 0);
    move(state, task, "timeOut");
    takeOffClock(slots, slots.oldest);
    effects.push({ type: "signalAttempt", task, attempt: attemptsOf(state.table, task), why: "timeout" });
  }
}

/** When the oldest attempt will have run for too long; Infinity for never. */
export function nextDeadlineMs(state: JobState): number {
  const { slots } = state;
  return slots.oldest === 0 ? Number.POSITIVE_INFINITY : slots.startMs[slots.oldest]! + timeoutMs(state);
}

/** The time allowed for an attempt, as of now: also for those that began earlier. */
export function timeoutMs(state: JobState): number {
  const { timeout } = state.policy;
  switch (timeout.type) {
    case "none":
      return Number.POSITIVE_INFINITY;
    case "fixed":
      return timeout.timeoutMs;
    case "percent": {
      // From the first attempt that succeeds, as in GNU parallel.
      const median = medianMs(state.runtimes);
      if (median === undefined) return Number.POSITIVE_INFINITY;
      return Math.max(PERCENT_TIMEOUT_MS_MIN, (median * timeout.percent) / 100);
    }
    default:
      return timeout satisfies never;
  }
}
