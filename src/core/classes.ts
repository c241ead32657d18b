import type { Lane } from "./lanes.ts";
import { createLine, type Line } from "./line.ts";
import { createMedian, type Median } from "./median.ts";
import type { Place } from "./places.ts";
import type { TaskClass } from "./policy.ts";
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
  /** Of those that have not failed at any place. */
  readonly line: Line;
  /** Of those that have, by their keys. */
  readonly elsewhere: Map<string, Lane>;
  /** Slots whose first task is of this class, runs and has not been told to stop; 0 for none. See clock.ts. */
  oldest: number;
  youngest: number;
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
    elsewhere: new Map(),
    oldest: 0,
    youngest: 0,
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

/** Whether a slot may get a task of the class, as far as what is in it goes. */
export function mayJoin(of: ClassState, slots: Slots, slot: number): boolean {
  const holder = slots.holders[slot];
  return holder === undefined || (of.spec.queueAhead && holder.needsKey === of.needsKey);
}
