import { classStateOf } from "./classes.ts";
import type { Effect } from "./events.ts";
import { placesFor } from "./lanes.ts";
import type { Place } from "./places.ts";
import { lacks } from "./resources.ts";
import { taskIn } from "./slots.ts";
import type { JobState, Slots, Turns } from "./state.ts";
import { takeBack } from "./stop.ts";
import { stateOf } from "./task-table.ts";

/**
 * A task never stays queued behind a running one while a slot is empty in which it could start: as many come back, the lowest
 * first, as there are such slots. Those that are coming back already count for one each, at a place where they could start.
 */
export function takeBackForEmptySlots(state: JobState, turns: Turns, effects: Effect[]): void {
  for (const slots of state.pools) {
    if (slots.empty === 0 || areAwaited(state, slots)) continue;
    const empty = emptyPlaces(slots);
    const { queued, comingBack } = tasksBehind(state, slots);
    for (const task of comingBack) reserve(state, task, empty);
    for (const task of queued) {
      if (empty.size === 0) break;
      if (fits(state, task, turns) && reserve(state, task, empty)) takeBack(state, task, effects);
    }
  }
}

/** As many are coming back as there are empty slots, which any of them could take: so it is, task after task, while a slot rests. */
function areAwaited({ pools, comingBack }: JobState, { isPlaced, empty }: Slots): boolean {
  return pools.length === 1 && !isPlaced && comingBack >= empty;
}

/** How many slots are empty, of each place that has any. */
function emptyPlaces(slots: Slots): Map<Place, number> {
  const empty = new Map<Place, number>();
  for (const place of slots.places) if (place.empty > 0) empty.set(place, place.empty);
  return empty;
}

/** The tasks that are behind others in the slots of a pool: those to be asked back, lowest first, and those that were. */
function tasksBehind({ table }: JobState, slots: Slots): { queued: number[]; comingBack: number[] } {
  const queued: number[] = [];
  const comingBack: number[] = [];
  for (let slot = 1; slot <= slots.made; slot++) {
    for (let position = 1; position < slots.loads[slot]!; position++) {
      const task = taskIn(slots, slot, position);
      (stateOf(table, task) === "queued" ? queued : comingBack).push(task);
    }
  }
  queued.sort((one, other) => one - other);
  return { queued, comingBack };
}

/** Counts one empty slot less, where a task could start; false where there is none left. */
function reserve(state: JobState, task: number, empty: Map<Place, number>): boolean {
  for (const place of placesFor(state, classStateOf(state, task), state.failedAt.get(task))) {
    const left = empty.get(place);
    if (left === undefined) continue;
    if (left > 1) empty.set(place, left - 1);
    else empty.delete(place);
    return true;
  }
  return false;
}

function fits(state: JobState, task: number, { kept }: Turns): boolean {
  const { needs } = classStateOf(state, task).spec;
  return !needs.some((need) => lacks(state.resources, need, kept[need.resource]));
}
