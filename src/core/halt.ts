/**
 * --halt: when to stop, and the exit status that follows.
 *
 * As GNU parallel 20221122 does it, found by running it:
 * - Each task counts once, with its last attempt. Failed, timed out and skipped tasks all count as `fail`; a skipped task is
 *   also `done`. Attempts that the halt kills have no say (GNU parallel leaves them out of the joblog).
 * - A percentage is one of all tasks, those resumed from a joblog included. It needs their number, so nothing starts before
 *   the input has closed. 10 % of 10 tasks is the same as 1 task; there is no minimum.
 * - The exit status is fixed when the threshold is reached; what fails after that, while `soon` waits, does not change it:
 *   a threshold of one task: the exit status of that task (a signal: 128 + signal; timed out: 255; skipped: 254);
 *   success: 0; a percentage: failed tasks in percent of all, rounded up; a count: failed tasks, 101 for more than 100.
 * - A job that ends without reaching a percentage still exits with the failed tasks in percent.
 * - With `soon`, a task that fails after the halt with tries left is neither tried again nor counted as failed.
 * One difference: for `done=N` with N > 1 and no failure GNU parallel exits with 101; yonder with 0, as its manual says.
 */

import type { Effect, HaltCounted, Outcome } from "./events.ts";
import { type HaltPolicy, isPercent } from "./policy.ts";
import { type JobState, runningCount, unsuccessful } from "./state.ts";
import { cancelAll, stopStarting } from "./stop.ts";

const FAILURES_SHOWN_MAX = 101;

/** Counts an outcome that has just been recorded, and stops the job where it was the one too many. */
export function countForHalt(state: JobState, task: number, outcome: Outcome, effects: Effect[]): void {
  const { halt } = state.policy;
  if (halt.when === "never" || state.stop === "cancel" || !countsFor(halt.why, outcome)) return;
  const halted = state.haltStatus !== undefined;
  // What the halt itself has killed.
  if (halted && halt.when === "now") return;
  state.haltCount++;
  const threshold = thresholdTasks(halt, state.added);
  const triggered = !halted && state.haltCount >= threshold;
  if (triggered) state.haltStatus = statusAtHalt(state, halt, threshold, outcome);
  const notice: HaltCounted = {
    type: "haltCounted",
    task,
    why: halt.why,
    triggered,
    halted: halted || triggered,
    running: runningCount(state),
  };
  effects.push(notice);
  if (!triggered) return;
  if (halt.when === "now") cancelAll(state, "halt", effects);
  else stopStarting(state, "halt", effects);
}

/** The exit status of the whole job, where no halt has decided. */
export function plainStatus(halt: HaltPolicy, failed: number, total: number): number {
  return isPercent(halt) ? percentRoundedUp(failed, total) : Math.min(failed, FAILURES_SHOWN_MAX);
}

/** The exit status that one task alone would give. */
export function taskStatus(outcome: Outcome): number {
  switch (outcome.type) {
    case "succeeded":
      return 0;
    case "failed":
      return outcome.signal === 0 ? outcome.exitCode : 128 + outcome.signal;
    case "timedOut":
    case "cancelled":
      return 255;
    case "skipped":
      return 254;
    default:
      return outcome satisfies never;
  }
}

type ActiveHalt = Exclude<HaltPolicy, { when: "never" }>;

function statusAtHalt(state: JobState, halt: ActiveHalt, threshold: number, outcome: Outcome): number {
  if (threshold === 1) return taskStatus(outcome);
  if (halt.why === "success") return 0;
  return plainStatus(halt, unsuccessful(state.counts), state.added);
}

function countsFor(why: ActiveHalt["why"], outcome: Outcome): boolean {
  if (why === "done") return true;
  return (outcome.type === "succeeded") === (why === "success");
}

function thresholdTasks(halt: ActiveHalt, total: number): number {
  const { threshold } = halt;
  return threshold.type === "count" ? threshold.count : (total * threshold.percent) / 100;
}

function percentRoundedUp(failed: number, total: number): number {
  return total === 0 ? 0 : Math.ceil((100 * failed) / total);
}
