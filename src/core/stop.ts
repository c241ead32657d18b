import { classStateOf, slotsOf } from "./classes.ts";
import { takeOffClock } from "./clock.ts";
import type { Effect, StopCause, StopKind } from "./events.ts";
import { move } from "./move.ts";
import { taskIn } from "./slots.ts";
import type { JobState, Slots } from "./state.ts";
import { attemptsOf, stateOf } from "./task-table.ts";

/** From here on nothing starts: what is queued ahead comes back, what runs may end. */
export function stopStarting(state: JobState, kind: StopKind, effects: Effect[]): void {
  // A cancel or a halt is the better explanation, and must not be forgotten.
  if (state.stop === "no" || kind === "cancel") state.stop = kind;
  takeBackAll(state, effects);
}

/**
 * Stops starting, and tells everything that runs to stop. What is queued ahead comes back and stays without an outcome,
 * like the tasks that wait; what begins before it can come back is told to stop then.
 */
export function cancelAll(state: JobState, by: "cancel" | "halt", effects: Effect[]): void {
  stopStarting(state, by, effects);
  state.killsAll = by;
  for (const one of state.classes) {
    while (one.oldest !== 0) cancelInSlot(state, taskIn(slotsOf(state, one), one.oldest, 0), by, effects);
  }
}

/** Asks back what is queued ahead in all slots. */
export function takeBackAll(state: JobState, effects: Effect[]): void {
  for (const slots of state.pools) takeBackFrom(state, slots, false, effects);
}

/** Asks back what is queued ahead in the slots of a pool, or only in the closed ones. */
export function takeBackFrom(state: JobState, slots: Slots, onlyClosed: boolean, effects: Effect[]): void {
  for (let slot = 1; state.queued > 0 && slot <= slots.made; slot++) {
    if (onlyClosed && slots.isOpen[slot] === 1) continue;
    for (let position = slots.loads[slot]! - 1; position > 0; position--) {
      const task = taskIn(slots, slot, position);
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
      stopClock(state, task);
      signal(state, task, by, effects);
      break;
    default:
      return;
  }
  state.cancelledBy.set(task, by);
}

/** Tells the attempt that began last to stop, to run again later. */
export function evictYoungest(state: JobState, effects: Effect[]): void {
  let youngest = 0;
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const one of state.classes) {
    const slots = slotsOf(state, one);
    if (one.youngest === 0 || slots.startMs[one.youngest]! < latestMs) continue;
    latestMs = slots.startMs[one.youngest]!;
    youngest = taskIn(slots, one.youngest, 0);
  }
  if (youngest === 0) return;
  move(state, youngest, "evict");
  stopClock(state, youngest);
  signal(state, youngest, "eviction", effects);
}

function stopClock(state: JobState, task: number): void {
  const taskClass = classStateOf(state, task);
  takeOffClock(taskClass, slotsOf(state, taskClass), state.slotOf.get(task)!);
}

export function signal(state: JobState, task: number, why: StopCause, effects: Effect[]): void {
  effects.push({ type: "signalAttempt", task, attempt: attemptsOf(state.table, task), why });
}
