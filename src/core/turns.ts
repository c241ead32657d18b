import { type ClassState, mayJoin, placesOf, slotsOf } from "./classes.ts";
import { firstInLine } from "./line.ts";
import type { Place } from "./places.ts";
import { impossibleNeed, lacks } from "./resources.ts";
import { roomiestSlot } from "./slots.ts";
import type { JobState } from "./state.ts";
import type { TaskTable } from "./task-table.ts";

/**
 * Whose turn it is, within one step. A class whose first task cannot start is passed over, and what it waits for is kept from
 * the classes after it:
 * - where it has found a slot empty and something lacking, so much of that, until one of its tasks starts;
 * - nothing is queued ahead in its places, or a slot there would never become empty.
 *
 * So a stream of small tasks never keeps a large one waiting for ever; what it does not need is free for the others.
 */
export interface Turns {
  /** All classes: from `at` on those whose turn is to come, in order. One of which no task waits comes wherever it is. */
  readonly order: ClassState[];
  at: number;
  /** How much of each resource. */
  readonly kept: number[];
  /** Where nothing is queued ahead. */
  readonly keptPlaces: Set<Place>;
}

export interface Start {
  readonly task: number;
  readonly slot: number;
}

/** Begins anew, with nobody passed over. There is one for a job: a step has no need to make its own. */
export function takeTurns({ turns, table }: JobState): Turns {
  const { order, kept, keptPlaces } = turns;
  turns.at = 0;
  kept.length = 0;
  if (keptPlaces.size > 0) keptPlaces.clear();
  // Sorted by insertion, since little has changed since the last time.
  for (let next = 1; next < order.length; next++) {
    const one = order[next]!;
    let at = next;
    for (; at > 0 && isBefore(table, one, order[at - 1]!); at--) order[at] = order[at - 1]!;
    order[at] = one;
  }
  return turns;
}

/** What starts next; it has to be started before the next call. */
export function nextStart(state: JobState, turns: Turns): Start | undefined {
  const { order } = turns;
  sinkFirst(state.table, turns);
  for (; turns.at < order.length; turns.at++) {
    const first = order[turns.at]!;
    const task = firstInLine(first.line, state.table);
    if (task === 0) continue;
    const slot = slotFor(state, first, turns);
    if (slot !== 0) return { task, slot };
    if (turns.at + 1 < order.length) keepFor(state, first, turns);
  }
  return undefined;
}

/** The class whose task has just started has a later one now. */
function sinkFirst(table: TaskTable, { order, at }: Turns): void {
  for (
    let position = at + 1;
    position < order.length && isBefore(table, order[position]!, order[position - 1]!);
    position++
  ) {
    const sunk = order[position - 1]!;
    order[position - 1] = order[position]!;
    order[position] = sunk;
  }
}

/** The higher priority, then the first task that was added earlier. */
function isBefore(table: TaskTable, one: ClassState, other: ClassState): boolean {
  const more = one.spec.priority - other.spec.priority;
  if (more !== 0) return more > 0;
  return firstInLine(one.line, table) < firstInLine(other.line, table);
}

/** Where a task of the class could start; 0 for nowhere. */
function slotFor(state: JobState, of: ClassState, { kept, keptPlaces }: Turns): number {
  const slots = slotsOf(state, of);
  const slot = roomiestSlot(slots, of, keptPlaces);
  if (slot === 0 || !mayJoin(of, slots, slot)) return 0;
  const { needs } = of.spec;
  if (slots.loads[slot]! > 0) return needs.some(({ resource }) => kept[resource]) ? 0 : slot;
  let fits = true;
  for (const need of needs) {
    if (!lacks(state.resources, need, kept[need.resource])) continue;
    of.awaited.add(need);
    fits = false;
  }
  return fits ? slot : 0;
}

/** Nothing is kept for a class that will not start however long the others wait. */
function keepFor(state: JobState, of: ClassState, { kept, keptPlaces }: Turns): void {
  const places = placesOf(state, of);
  if (!places.some(isOpen) || impossibleNeed(state.resources, of.spec.needs) !== undefined) return;
  for (const place of places) keptPlaces.add(place);
  for (const { resource, amount } of of.awaited) kept[resource] = (kept[resource] ?? 0) + amount;
}

function isOpen({ open }: Place): boolean {
  return open > 0;
}
