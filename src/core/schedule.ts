import { startAttempt } from "./attempts.ts";
import { classStateOf } from "./classes.ts";
import { delayedUntilMs } from "./delay.ts";
import type { Effect } from "./events.ts";
import { waitsForInput } from "./halt.ts";
import { lacks } from "./resources.ts";
import { nextRestEndMs } from "./retry.ts";
import { emptySlots } from "./slots.ts";
import type { JobState } from "./state.ts";
import { takeBack } from "./stop.ts";
import { stateOf } from "./task-table.ts";
import { nextDeadlineMs } from "./timeout.ts";
import { nextStart, type Turns, takeTurns } from "./turns.ts";

/** Starts what may start now. */
export function schedule(state: JobState, effects: Effect[]): void {
  if (state.stop !== "no" || state.closedGates.size > 0 || waitsForInput(state)) return;
  const turns = takeTurns(state);
  for (let next = nextStart(state, turns); next !== undefined; next = nextStart(state, turns)) {
    if (delayedUntilMs(state) > state.nowMs || !hasPermit(state, effects)) return;
    startAttempt(state, next.task, next.slot, effects);
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

/** A task never stays queued behind a running one while a slot of its pool is empty in which it could start. */
function takeBackForEmptySlots(state: JobState, turns: Turns, effects: Effect[]): void {
  for (const [pool, slots] of state.pools.entries()) {
    for (let free = emptySlots(slots) - state.comingBack; free > 0; free--) {
      const task = lowestQueued(state, pool, turns);
      if (task === 0) break;
      takeBack(state, task, effects);
    }
  }
}

/** Of those that could start in an empty slot; 0 where there is none. */
function lowestQueued(state: JobState, pool: number, { kept }: Turns): number {
  if (state.queued === 0) return 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (const task of state.slotOf.keys()) {
    if (task >= lowest || stateOf(state.table, task) !== "queued") continue;
    const { spec } = classStateOf(state, task);
    if (spec.pool !== pool) continue;
    const fits = !spec.needs.some((need) => lacks(state.resources, need, kept[need.resource]));
    if (fits) lowest = task;
  }
  return lowest === Number.POSITIVE_INFINITY ? 0 : lowest;
}
