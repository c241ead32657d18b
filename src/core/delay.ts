import type { JobState } from "./state.ts";

/** GNU parallel's factors for `--delay 0.3auto`. They apply to each attempt, not only to the last one of a task. */
const AFTER_FAILURE = 1.3;
const AFTER_SUCCESS = 0.9;

/** The earliest time of the next start. */
export function delayedUntilMs(state: JobState): number {
  return state.delayMs === 0 ? Number.NEGATIVE_INFINITY : state.lastStartMs + state.delayMs;
}

export function adaptDelay(state: JobState, succeeded: boolean): void {
  if (state.policy.delay.auto) state.delayMs *= succeeded ? AFTER_SUCCESS : AFTER_FAILURE;
}
