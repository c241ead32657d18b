import { mayJoin, slotsOf } from "./classes.ts";
import { dropEmptyLanes, placesFor } from "./lanes.ts";
import { firstInLine } from "./line.ts";
import type { Place } from "./places.ts";
import { impossibleNeed, lacks } from "./resources.ts";
import { roomiestSlot } from "./slots.ts";
import type { JobState, Lane, Turns } from "./state.ts";
import type { TaskTable } from "./task-table.ts";

export interface Start {
  readonly lane: Lane;
  readonly task: number;
  readonly slot: number;
}

/** Begins anew, with nobody passed over. There is one for a job: a step has no need to make its own. */
export function takeTurns(state: JobState): Turns {
  const { turns, table } = state;
  const { order, kept } = turns;
  if (order.length > state.classes.length) dropEmptyLanes(state);
  turns.at = 0;
  kept.length = 0;
  turns.round++;
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
    const lane = order[turns.at]!;
    const task = firstInLine(lane.line, state.table);
    if (task === 0) continue;
    const places = placesFor(state, lane.of, lane.failedAt);
    const slot = slotFor(state, lane, places, turns);
    if (slot !== 0) return { lane, task, slot };
    if (turns.at + 1 < order.length) keepFor(state, lane, places, turns);
  }
  return undefined;
}

/** The lane whose task has just started has a later one now. */
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
function isBefore(table: TaskTable, one: Lane, other: Lane): boolean {
  const more = one.of.spec.priority - other.of.spec.priority;
  if (more !== 0) return more > 0;
  return firstInLine(one.line, table) < firstInLine(other.line, table);
}

/** Where a task of the lane could start; 0 for nowhere. */
function slotFor(state: JobState, lane: Lane, places: readonly Place[], { kept, round }: Turns): number {
  const { of } = lane;
  const slots = slotsOf(state, of);
  const slot = roomiestSlot(slots, places, round);
  if (slot === 0 || !mayJoin(of, slots, slot)) return 0;
  const { needs } = of.spec;
  if (slots.loads[slot]! > 0) return needs.some(({ resource }) => kept[resource]) ? 0 : slot;
  let fits = true;
  for (const need of needs) {
    if (!lacks(state.resources, need, kept[need.resource])) continue;
    lane.awaited.add(need);
    fits = false;
  }
  return fits ? slot : 0;
}

/** Nothing is kept for a lane of which nothing will start however long the others wait. */
function keepFor(
  state: JobState,
  { of, awaited }: Lane,
  places: readonly Place[],
  { kept, round }: Turns,
): void {
  if (!places.some(isOpen) || impossibleNeed(state.resources, of.spec.needs) !== undefined) return;
  for (const place of places) place.keptIn = round;
  for (const { resource, amount } of awaited) kept[resource] = (kept[resource] ?? 0) + amount;
}

function isOpen({ open }: Place): boolean {
  return open > 0;
}
