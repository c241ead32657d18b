import { classStateOf, slotsOf } from "./classes.ts";
import { createLine, firstInLine, type Line } from "./line.ts";
import type { Place } from "./places.ts";
import type { ResourceNeed } from "./policy.ts";
import type { ClassState, JobState, Lane, Slots } from "./state.ts";

const NOWHERE: ReadonlySet<Place> = new Set();

/** The lane of those that have not failed. */
export function firstLane(of: ClassState): Lane {
  return { of, line: of.line, failedAt: NOWHERE, key: "", awaited: new Set() };
}

/** The line that a task waits in. */
export function lineOf(state: JobState, task: number): Line {
  const of = classStateOf(state, task);
  const failedAt = state.failedAt.get(task);
  if (failedAt === undefined) return of.line;
  const lane = laneElsewhere(state, of, failedAt);
  // One set for all that wait in the lane.
  state.failedAt.set(task, lane.failedAt);
  return lane.line;
}

/** Remembers where a task has failed, until it has its outcome. */
export function noteFailure(state: JobState, task: number, slots: Slots, slot: number): void {
  if (!slots.isPlaced) return;
  const before = state.failedAt.get(task) ?? NOWHERE;
  const place = slots.homes[slot]!;
  if (!before.has(place)) state.failedAt.set(task, new Set([...before, place]));
}

/**
 * Where tasks of a class that have failed at some places may run: where they have not, as long as any of these places has an
 * open slot, busy or not, or may soon have one.
 */
export function placesFor(
  state: JobState,
  of: ClassState,
  failedAt: ReadonlySet<Place> = NOWHERE,
): readonly Place[] {
  const places = of.places ?? slotsOf(state, of).places;
  if (failedAt.size === 0) return places;
  const others = places.filter((place) => (place.open > 0 || place.isComing) && !failedAt.has(place));
  return others.length > 0 ? others : places;
}

/** Whether any task waits in line. */
export function anyInLine({ turns, table }: JobState): boolean {
  for (const { line } of turns.order) if (firstInLine(line, table) !== 0) return true;
  return false;
}

/** Forgets lanes of tasks that have failed in which none waits any more. */
export function dropEmptyLanes({ turns, table }: JobState): void {
  const { order } = turns;
  let kept = 0;
  for (const lane of order) {
    if (lane.failedAt.size > 0 && firstInLine(lane.line, table) === 0) lane.of.elsewhere.delete(lane.key);
    else order[kept++] = lane;
  }
  order.length = kept;
}

function laneElsewhere({ turns }: JobState, of: ClassState, failedAt: ReadonlySet<Place>): Lane {
  const key = keyOf(failedAt);
  const known = of.elsewhere.get(key);
  if (known !== undefined) return known;
  const lane = { of, line: createLine(), failedAt, key, awaited: new Set<ResourceNeed>() };
  of.elsewhere.set(key, lane);
  turns.order.push(lane);
  return lane;
}

function keyOf(places: ReadonlySet<Place>): string {
  return Array.from(places, ({ number }) => number)
    .sort((one, other) => one - other)
    .join();
}
