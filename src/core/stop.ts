import { takeOffClock } from "./clock.ts";
import type { Effect, StopCause, StopKind } from "./events.ts";
import { move } from "./move.ts";
import { taskIn } from "./slots.ts";
import type { JobState } from "./state.ts";
import { attemptsOf, stateOf } from "./task-table.ts";

/** From here on nothing starts: what is queued ahead comes back, what runs may end. */
export function stopStarting(state: JobState, kind: StopKind, effects: Effect[]): void {
  // A cancel or a halt is the better explanation, and must not be forgotten.
  if (state.stop === "no" || kind === "cancel") state.stop = kind;
  takeBackAll(state, 1, effects);
}

/**
 * Stops starting, and tells everything that runs to stop. What is queued ahead comes back and stays without an outcome,
 * like the tasks that wait; what begins before it can come back is told to stop then.
 */
export function cancelAll(state: JobState, by: "cancel" | "halt", effects: Effect[]): void {
  stopStarting(state, by, effects);
  state.killsAll = by;
  const { slots } = state;
  while (slots.oldest !== 0) cancelInSlot(state, taskIn(slots, slots.oldest, 0), by, effects);
}

/** Asks back what is queued ahead in the slots from `fromSlot` on. */
export function takeBackAll(state: JobState, fromSlot: number, effects: Effect[]): void {
  const { slots } = state;
  for (let slot = fromSlot; state.queued > 0 && slot <= slots.made; slot++) {
    for (let place = slots.loads[slot]! - 1; place > 0; place--) {
      const task = taskIn(slots, slot, place);
      if (stateOf(state.table, task) === "queued") takeBack(state, task, effects);
    }
  }
}

export function takeBack(state: JobState, task: number, effects: Effect[]): void {
  move(state, task, "takeBack");
  state.queued--;
  state.comingBack++;
  effects.push({ type: "returnAttempt", task, attempt: attemptsOf(state.table, task) });
}

/** Cancels a task that is in a slot; does nothing for one that has ended. */
export function cancelInSlot(state: JobState, task: number, by: "cancel" | "halt", effects: Effect[]): void {
  switch (stateOf(state.table, task)) {
    case "queued":
      takeBack(state, task, effects);
      move(state, task, "cancel");
      break;
    case "returning":
    case "timingOut":
    case "evicting":
      move(state, task, "cancel");
      break;
    case "running":
      move(state, task, "cancel");
      takeOffClock(state.slots, state.slots.slotOf.get(task)!);
      signal(state, task, by, effects);
      break;
    default:
      return;
  }
  state.cancelledBy.set(task, by);
}

/** Tells the attempt that began last to stop, to run again later. */
export function evictYoungest(state: JobState, effects: Effect[]): void {
  const { youngest } = state.slots;
  if (youngest === 0) return;
  const task = taskIn(state.slots, youngest, 0);
  move(state, task, "evict");
  takeOffClock(state.slots, youngest);
  signal(state, task, "eviction", effects);
}

export function signal(state: JobState, task: number, why: StopCause, effects: Effect[]): void {
  effects.push({ type: "signalAttempt", task, attempt: attemptsOf(state.table, task), why });
}
