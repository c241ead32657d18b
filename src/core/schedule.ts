import { startAttempt } from "./attempts.ts";
import { delayedUntilMs } from "./delay.ts";
import type { Effect } from "./events.ts";
import { waitsForInput } from "./halt.ts";
import { firstInLine } from "./line.ts";
import { emptySlots, roomiestSlot } from "./slots.ts";
import type { JobState } from "./state.ts";
import { takeBack } from "./stop.ts";
import { stateOf } from "./task-table.ts";
import { nextDeadlineMs } from "./timeout.ts";

/** Starts what may start now. */
export function schedule(state: JobState, effects: Effect[]): void {
  if (state.stop !== "no" || state.closedGates.size > 0 || waitsForInput(state)) return;
  for (;;) {
    const slot = roomiestSlot(state.slots);
    if (slot === 0) return;
    const task = firstInLine(state.line, state.table);
    if (task === 0) {
      takeBackForEmptySlots(state, effects);
      return;
    }
    if (delayedUntilMs(state) > state.nowMs || !hasPermit(state, effects)) return;
    startAttempt(state, task, slot, effects);
    state.permit = "none";
  }
}

/** Sets the timer where it has to fire earlier than it would. One that fires too early does no harm. */
export function armTimer(state: JobState, effects: Effect[]): void {
  const wanted = Math.ceil(Math.min(nextDeadlineMs(state), nextDelayedStartMs(state)));
  if (wanted >= state.timerAtMs) return;
  state.timerAtMs = wanted;
  effects.push({ type: "setTimer", atMs: wanted });
}

function nextDelayedStartMs(state: JobState): number {
  const untilMs = delayedUntilMs(state);
  if (untilMs <= state.nowMs || state.stop !== "no" || state.closedGates.size > 0)
    return Number.POSITIVE_INFINITY;
  if (roomiestSlot(state.slots) === 0 || firstInLine(state.line, state.table) === 0)
    return Number.POSITIVE_INFINITY;
  return untilMs;
}

function hasPermit(state: JobState, effects: Effect[]): boolean {
  if (!state.policy.askBeforeStart || state.permit === "granted") return true;
  if (state.permit === "none") {
    state.permit = "asked";
    effects.push({ type: "checkGate" });
  }
  return false;
}

/** A task never stays queued behind a running one while a slot is empty and nobody else waits for it. */
function takeBackForEmptySlots(state: JobState, effects: Effect[]): void {
  if (state.queued === 0) return;
  for (let free = emptySlots(state.slots) - state.comingBack; free > 0 && state.queued > 0; free--) {
    takeBack(state, lowestQueued(state), effects);
  }
}

function lowestQueued(state: JobState): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const task of state.slots.slotOf.keys()) {
    if (task < lowest && stateOf(state.table, task) === "queued") lowest = task;
  }
  return lowest;
}
