import { startAttempt } from "./attempts.ts";
import { delayedUntilMs } from "./delay.ts";
import type { Effect } from "./events.ts";
import { nextRestEndMs } from "./retry.ts";
import { type JobState, waitsForInput } from "./state.ts";
import { takeBackForEmptySlots } from "./take-back.ts";
import { nextDeadlineMs } from "./timeout.ts";
import { nextStart, takeTurns } from "./turns.ts";

/** Starts what may start now. */
export function schedule(state: JobState, effects: Effect[]): void {
  if (state.stop !== "no" || state.closedGates.size > 0 || waitsForInput(state)) return;
  const turns = takeTurns(state);
  for (let next = nextStart(state, turns); next !== undefined; next = nextStart(state, turns)) {
    if (delayedUntilMs(state) > state.nowMs || !hasPermit(state, effects)) return;
    startAttempt(state, next, effects);
    state.permit = "none";
  }
  if (state.queued > 0) takeBackForEmptySlots(state, turns, effects);
}

/** Sets the timer where it has to fire earlier than it would. One that fires too early does no harm. */
export function armTimer(state: JobState, effects: Effect[]): void {
  const wanted = Math.ceil(Math.min(nextDeadlineMs(state), nextDelayedStartMs(state), nextRestEndMs(state)));
  if (wanted >= state.timerAtMs) return;
  state.timerAtMs = wanted;
  effects.push({ type: "setTimer", atMs: wanted });
}

function nextDelayedStartMs(state: JobState): number {
  const untilMs = delayedUntilMs(state);
  if (untilMs <= state.nowMs || state.stop !== "no" || state.closedGates.size > 0)
    return Number.POSITIVE_INFINITY;
  return nextStart(state, takeTurns(state)) === undefined ? Number.POSITIVE_INFINITY : untilMs;
}

function hasPermit(state: JobState, effects: Effect[]): boolean {
  if (!state.policy.askBeforeStart || state.permit === "granted") return true;
  if (state.permit === "none") {
    state.permit = "asked";
    effects.push({ type: "checkGate" });
  }
  return false;
}
