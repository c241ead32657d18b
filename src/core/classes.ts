import { createLine, firstInLine, type Line } from "./line.ts";
import { createMedian, type Median } from "./median.ts";
import type { Place } from "./places.ts";
import type { ResourceNeed, TaskClass } from "./policy.ts";
import { placeNumbered, type Slots } from "./slots.ts";
import type { JobState } from "./state.ts";
import { classOf } from "./task-table.ts";

/** A class, and the tasks of it that wait or run. */
export interface ClassState {
  readonly spec: TaskClass;
  /** Where its tasks may run; undefined for anywhere in its pool. */
  readonly places: readonly Place[] | undefined;
  /** Tells classes with the same needs. */
  readonly needsKey: string;
  readonly line: Line;
  /** Slots whose first task is of this class, runs and has not been told to stop; 0 for none. See clock.ts. */
  oldest: number;
  youngest: number;
  /**
   * Of its needs, those that were lacking while a slot was empty for it, since a task of it last started: kept from the
   * classes after it, until then.
   */
  readonly awaited: Set<ResourceNeed>;
  /** Of the attempts that succeeded, for a timeout that is a percentage. */
  readonly runtimes: Median | undefined;
}

/** @param slots those of its pool */
export function createClass(spec: TaskClass, slots: Slots): ClassState {
  return {
    spec,
    places: spec.places?.map((number) => placeNumbered(slots, number)),
    needsKey: JSON.stringify(spec.needs),
    line: createLine(),
    oldest: 0,
    youngest: 0,
    awaited: new Set(),
    runtimes: spec.timeout.type === "percent" ? createMedian() : undefined,
  };
}

/** The class of a task that has not ended. */
export function classStateOf(state: JobState, task: number): ClassState {
  return state.classes[classOf(state.table, task)]!;
}

/** The slots that a task of the class may be in. */
export function slotsOf(state: JobState, { spec }: ClassState): Slots {
  return state.pools[spec.pool]!;
}

/** Where its tasks may run. */
export function placesOf(state: JobState, of: ClassState): readonly Place[] {
  return of.places ?? slotsOf(state, of).places;
}

/** Whether a slot may get a task of the class, as far as what is in it goes. */
export function mayJoin(of: ClassState, slots: Slots, slot: number): boolean {
  const holder = slots.holders[slot];
  return holder === undefined || (of.spec.queueAhead && holder.needsKey === of.needsKey);
}

/** Whether any task waits in line. */
export function anyInLine(state: JobState): boolean {
  for (const one of state.classes) if (firstInLine(one.line, state.table) !== 0) return true;
  return false;
}
