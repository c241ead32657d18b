import { classStateOf } from "./classes.ts";
import { popBy, pushBy } from "./heap.ts";
import { lineOf } from "./lanes.ts";
import { backInLine } from "./line.ts";
import type { BackoffPolicy } from "./policy.ts";
import type { JobState, Resting } from "./state.ts";
import { stateOf } from "./task-table.ts";

/**
 * Whether a task whose attempt has failed is tried again. Only the last attempt counts for anything else (exit status,
 * halt, outcome). It goes to the head of the line, as in GNU parallel, after a rest where its class asks for one, and
 * from there to a place where it has not failed yet: see lanes.ts. A job
 * that has stopped starts no retry either: the task then stays without an outcome, for a later run to take up.
 */
export function isRetried(tries: number, attempts: number): boolean {
  return tries === 0 || attempts < tries;
}

/** Puts a task that has failed back in line, now or after its rest. */
export function tryAgain(state: JobState, task: number, attempts: number): void {
  const { spec } = classStateOf(state, task);
  const restMs = backoffMs(spec.backoff, attempts);
  if (restMs === 0) backInLine(lineOf(state, task), task);
  else pushBy(state.resting, { task, untilMs: state.nowMs + restMs }, untilMsOf);
}

/** Puts those back in line that have rested. */
export function endRests(state: JobState): void {
  while (nextRestEndMs(state) <= state.nowMs) {
    const { task } = popBy(state.resting, untilMsOf)!;
    backInLine(lineOf(state, task), task);
  }
}

/** When the next task has rested; Infinity for never. */
export function nextRestEndMs(state: JobState): number {
  // Those that were cancelled meanwhile rest in peace.
  while (state.resting.length > 0 && stateOf(state.table, state.resting[0]!.task) !== "waiting") {
    popBy(state.resting, untilMsOf);
  }
  return state.resting[0]?.untilMs ?? Number.POSITIVE_INFINITY;
}

/** The rest after the given number of attempts. */
export function backoffMs({ delayMs, factor, maxMs }: BackoffPolicy, attempts: number): number {
  return delayMs === 0 ? 0 : Math.min(maxMs, delayMs * factor ** (attempts - 1));
}

function untilMsOf({ untilMs }: Resting): number {
  return untilMs;
}
