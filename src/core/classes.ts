import { createLine } from "./line.ts";
import { createMedian } from "./median.ts";
import type { TaskClass } from "./policy.ts";
import { placeNumbered } from "./slots.ts";
import type { ClassState, JobState, Slots } from "./state.ts";
import { classOf } from "./task-table.ts";

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
