import type { ClassState } from "./classes.ts";

/**
 * The slots of a pool and what is in them: up to `stride` tasks each, in the order in which they were given. The first one runs.
 *
 * `levels[n]` has a bit for each slot that holds n tasks, so the lowest-numbered slot among the emptiest is a search for the
 * first bit. Slots above `count` (there were more once) keep their tasks until these end, and get no new ones.
 */
export interface Slots {
  count: number;
  depth: number;
  /** Slots 1 to `made` exist in the arrays below. */
  made: number;
  stride: number;
  tasks: Int32Array;
  loads: Int32Array;
  levels: Int32Array[];
  /** No slot that gets tasks holds fewer. */
  floor: number;
  /** When the first task of a slot began. */
  startMs: Float64Array;
  /** The neighbours of a slot in the list that it is in; 0 ends a list. See clock.ts. */
  older: Int32Array;
  younger: Int32Array;
  /** The class of the task that found the slot empty: the slot holds the resources that this class needs. */
  readonly holders: (ClassState | undefined)[];
  /** The slot of every task that is in one; of all pools. */
  readonly slotOf: Map<number, number>;
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
    levels: [new Int32Array(1), new Int32Array(1)],
    floor: 0,
    startMs: new Float64Array(1),
    older: none,
    younger: none,
    holders: [],
    slotOf,
  };
}

export function resizeSlots(slots: Slots, count: number, depth: number): void {
  slots.count = count;
  slots.floor = 0;
  slots.depth = depth;
  const made = Math.max(count, slots.made);
  const stride = Math.max(depth, slots.stride);
  if (made === slots.made && stride === slots.stride) return;
  slots.tasks = copyTasks(slots, made, stride);
  slots.loads = grown(slots.loads, made + 1);
  slots.older = grown(slots.older, made + 1);
  slots.younger = grown(slots.younger, made + 1);
  slots.startMs = grownFloats(slots.startMs, made + 1);
  slots.made = made;
  slots.stride = stride;
  slots.levels = levelsOf(slots.loads, made, stride);
}

/** The lowest slot among those with the fewest tasks that has room for one more; 0 for none. */
export function roomiestSlot(slots: Slots): number {
  for (; slots.floor < slots.depth; slots.floor++) {
    const slot = lowestBit(slots.levels[slots.floor]!);
    if (slot !== 0 && slot <= slots.count) return slot;
  }
  return 0;
}

export function emptySlots(slots: Slots): number {
  let empty = 0;
  for (let slot = 1; slot <= slots.count; slot++) if (slots.loads[slot] === 0) empty++;
  return empty;
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

/** The task at a place of a slot, 0 being the one that runs; 0 where there is none. */
export function taskIn(slots: Slots, slot: number, place: number): number {
  return place < slots.loads[slot]! ? slots.tasks[slot * slots.stride + place]! : 0;
}

function setLoad(slots: Slots, slot: number, load: number): void {
  const bit = 1 << (slot & 31);
  const word = slot >>> 5;
  const from = slots.levels[slots.loads[slot]!]!;
  from[word] = from[word]! & ~bit;
  const to = slots.levels[load]!;
  to[word] = to[word]! | bit;
  slots.loads[slot] = load;
  if (load < slots.floor) slots.floor = load;
}

function lowestBit(level: Int32Array): number {
  for (let word = 0; word < level.length; word++) {
    const bits = level[word]!;
    if (bits !== 0) return word * 32 + 31 - Math.clz32(bits & -bits);
  }
  return 0;
}

function levelsOf(loads: Int32Array, made: number, stride: number): Int32Array[] {
  const words = (made >>> 5) + 1;
  const levels = Array.from({ length: stride + 1 }, () => new Int32Array(words));
  for (let slot = 1; slot <= made; slot++) {
    const level = levels[loads[slot]!]!;
    level[slot >>> 5] = level[slot >>> 5]! | (1 << (slot & 31));
  }
  return levels;
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
