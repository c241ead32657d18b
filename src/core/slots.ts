import { createPlace, isBetter, lowestSlot, moveLoad, type Place, recount } from "./places.ts";
import type { Slots } from "./state.ts";

/** What `slotsChanged` says of a pool. */
export interface SlotsGiven {
  readonly slots: number;
  readonly depth: number;
  readonly places?: readonly number[] | undefined;
  readonly weights?: readonly number[] | undefined;
  readonly coming?: readonly number[] | undefined;
}

export function createSlots(slotOf: Map<number, number> = new Map()): Slots {
  const none = new Int32Array(1);
  return {
    count: 0,
    depth: 1,
    made: 0,
    stride: 1,
    tasks: new Int32Array(1),
    loads: none,
    places: [],
    homes: [undefined],
    ranks: none,
    isOpen: new Uint8Array(1),
    empty: 0,
    isPlaced: false,
    startMs: new Float64Array(1),
    older: none,
    younger: none,
    holders: [],
    slotOf,
  };
}

/** Throws where a slot would move to another place. */
export function changeSlots(slots: Slots, given: SlotsGiven): void {
  const { slots: count, depth, places, weights, coming = [] } = given;
  if (places !== undefined && places.length !== count)
    throw new Error(`${count} slots were given places for ${places.length}`);
  grow(slots, Math.max(count, slots.made), Math.max(depth, slots.stride));
  slots.count = count;
  slots.depth = depth;
  slots.isPlaced ||= places !== undefined;
  for (let slot = 1; slot <= slots.made; slot++) {
    const number = slot > count ? 0 : (places?.[slot - 1] ?? 1);
    slots.isOpen[slot] = number === 0 ? 0 : 1;
    if (number !== 0) setHome(slots, slot, number);
  }
  for (const number of coming) placeNumbered(slots, number);
  rank(slots);
  slots.empty = 0;
  for (const place of slots.places) {
    place.weight = weights?.[place.number - 1] ?? 1;
    place.isComing = coming.includes(place.number);
    recount(place, slots.loads, slots.isOpen, slots.stride);
    slots.empty += place.empty;
  }
}

/** The place of that number, which may have no slots yet. */
export function placeNumbered(slots: Slots, number: number): Place {
  const known = slots.places.find((place) => place.number === number);
  if (known !== undefined) return known;
  const created = createPlace(number);
  slots.places.push(created);
  return created;
}

/**
 * The slot of some places that the next task goes to; 0 where none has room.
 * @param round not behind what runs in places that are kept in this round of turns
 */
export function roomiestSlot({ depth, empty }: Slots, places: readonly Place[], round: number): number {
  if (empty === 0 && depth === 1) return 0;
  let best: Place | undefined;
  let bestSlot = 0;
  for (const place of places) {
    const slot = lowestSlot(place, depth);
    if (slot === 0 || (place.floor > 0 && place.keptIn === round)) continue;
    if (best !== undefined && !isBetter(place, slot, best, bestSlot)) continue;
    best = place;
    bestSlot = slot;
  }
  return bestSlot;
}

export function addToSlot(slots: Slots, slot: number, task: number): void {
  const load = slots.loads[slot]!;
  slots.tasks[slot * slots.stride + load] = task;
  slots.slotOf.set(task, slot);
  setLoad(slots, slot, load + 1);
}

export function removeFromSlot(slots: Slots, slot: number, task: number): void {
  const first = slot * slots.stride;
  const end = first + slots.loads[slot]!;
  const at = slots.tasks.indexOf(task, first);
  slots.tasks.copyWithin(at, at + 1, end);
  slots.slotOf.delete(task);
  setLoad(slots, slot, end - first - 1);
}

/** The task at a position of a slot, 0 being the one that runs; 0 where there is none. */
export function taskIn(slots: Slots, slot: number, position: number): number {
  return position < slots.loads[slot]! ? slots.tasks[slot * slots.stride + position]! : 0;
}

/** The task that is before another one in a slot; 0 where that is the first. */
export function taskBefore(slots: Slots, slot: number, task: number): number {
  // Most are asked about when they have just been given to it.
  for (let position = slots.loads[slot]! - 1; position > 0; position--)
    if (taskIn(slots, slot, position) === task) return taskIn(slots, slot, position - 1);
  return 0;
}

function setLoad(slots: Slots, slot: number, load: number): void {
  const place = slots.homes[slot]!;
  const before = slots.loads[slot]!;
  slots.loads[slot] = load;
  if (slots.isOpen[slot] === 0) {
    if (load === 0) place.ending--;
    return;
  }
  if (before === 0) slots.empty--;
  if (load === 0) slots.empty++;
  moveLoad(place, slots.ranks[slot]!, before, load);
}

function setHome(slots: Slots, slot: number, number: number): void {
  const home = slots.homes[slot];
  if (home === undefined) slots.homes[slot] = placeNumbered(slots, number);
  else if (home.number !== number)
    throw new Error(`slot ${slot} of place ${home.number} cannot move to place ${number}`);
}

/** Lists the slots of each place. */
function rank(slots: Slots): void {
  for (const place of slots.places) place.slots.length = 0;
  for (let slot = 1; slot <= slots.made; slot++) {
    const home = slots.homes[slot];
    if (home !== undefined) slots.ranks[slot] = home.slots.push(slot) - 1;
  }
}

function grow(slots: Slots, made: number, stride: number): void {
  if (made === slots.made && stride === slots.stride) return;
  slots.tasks = copyTasks(slots, made, stride);
  slots.loads = grown(slots.loads, made + 1);
  slots.ranks = grown(slots.ranks, made + 1);
  slots.older = grown(slots.older, made + 1);
  slots.younger = grown(slots.younger, made + 1);
  slots.startMs = grownFloats(slots.startMs, made + 1);
  slots.isOpen = new Uint8Array(made + 1);
  while (slots.homes.length <= made) slots.homes.push(undefined);
  slots.made = made;
  slots.stride = stride;
}

function copyTasks(slots: Slots, made: number, stride: number): Int32Array {
  const tasks = new Int32Array((made + 1) * stride);
  for (let slot = 1; slot <= slots.made; slot++) {
    const first = slot * slots.stride;
    tasks.set(slots.tasks.subarray(first, first + slots.stride), slot * stride);
  }
  return tasks;
}

function grown(from: Int32Array, length: number): Int32Array {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}

function grownFloats(from: Float64Array, length: number): Float64Array {
  const to = new Float64Array(length);
  to.set(from);
  return to;
}
