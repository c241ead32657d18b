import { classStateOf, mayJoin, slotsOf } from "./classes.ts";
import { delayedUntilMs } from "./delay.ts";
import type { StopKind } from "./events.ts";
import { placesFor } from "./lanes.ts";
import type { Place } from "./places.ts";
import type { ResourceNeed } from "./policy.ts";
import { impossibleNeed, lacks } from "./resources.ts";
import { roomiestSlot } from "./slots.ts";
import { type JobState, waitsForInput } from "./state.ts";
import { attemptsOf, type KnownState, stateOf } from "./task-table.ts";

/** Where a task is, and what it waits for. */
export interface Explanation {
  readonly task: number;
  readonly state: KnownState | "notAdded";
  /** Attempts that were begun, or are queued in a slot. 0 for a task that is forgotten. */
  readonly attempts: number;
  /** Only while it is in a slot. */
  readonly slot?: number;
  /** Only while it runs. */
  readonly startMs?: number;
  /** Only while it waits in line: the first thing that stops it. */
  readonly waitsFor?: WaitReason;
}

export type WaitReason =
  | { readonly type: "nothing" }
  /** The job starts nothing more. */
  | { readonly type: "stopped"; readonly by: StopKind }
  /** --halt with a percentage: the number of tasks must be known first. */
  | { readonly type: "input" }
  | { readonly type: "gate"; readonly reasons: readonly string[] }
  /** All slots of the places where it may run are closed: these places, or all of its pool where none are named. */
  | { readonly type: "closed"; readonly places: readonly number[] | undefined }
  /** Its attempts have failed at these places, and the others where it may run are busy or yet to come. */
  | { readonly type: "elsewhere"; readonly failedAt: readonly number[] }
  /** All those that are open are busy. */
  | { readonly type: "slot"; readonly slots: number }
  /** Too little of a resource is free, or there is less of it in all (`never`). */
  | { readonly type: "resource"; readonly need: ResourceNeed; readonly free: number; readonly never: boolean }
  /** Its next try is not due yet. */
  | { readonly type: "backoff"; readonly untilMs: number }
  | { readonly type: "check" }
  | { readonly type: "delay"; readonly untilMs: number };

/** Nothing is kept in it. */
const NO_ROUND = -1;
const NOWHERE: ReadonlySet<Place> = new Set();

export function explain(state: JobState, task: number): Explanation {
  const known = stateOf(state.table, task);
  const attempts = attemptsOf(state.table, task);
  if (known === "waiting") {
    if (task > state.added) return { task, state: "notAdded", attempts };
    return { task, state: known, attempts, waitsFor: waitReason(state, task) };
  }
  const slot = state.slotOf.get(task);
  if (slot === undefined) return { task, state: known, attempts };
  if (known === "queued" || known === "returning" || known === "dropping") {
    return { task, state: known, attempts, slot };
  }
  return {
    task,
    state: known,
    attempts,
    slot,
    startMs: slotsOf(state, classStateOf(state, task)).startMs[slot]!,
  };
}

function waitReason(state: JobState, task: number): WaitReason {
  const { nowMs, resources } = state;
  const taskClass = classStateOf(state, task);
  const slots = slotsOf(state, taskClass);
  if (state.stop !== "no") return { type: "stopped", by: state.stop };
  if (waitsForInput(state)) return { type: "input" };
  if (state.closedGates.size > 0) return { type: "gate", reasons: [...state.closedGates] };
  const rest = state.resting.find((one) => one.task === task);
  if (rest !== undefined) return { type: "backoff", untilMs: rest.untilMs };
  const { needs } = taskClass.spec;
  const never = impossibleNeed(resources, needs);
  const lack = never ?? needs.find((need) => lacks(resources, need));
  if (lack !== undefined) {
    return {
      type: "resource",
      need: lack,
      free: resources.free[lack.resource] ?? 0,
      never: never !== undefined,
    };
  }
  const places = placesFor(state, taskClass);
  const open = places.reduce((sum, place) => sum + place.open, 0);
  if (open === 0 && slots.isPlaced) return { type: "closed", places: taskClass.spec.places };
  const failedAt = state.failedAt.get(task) ?? NOWHERE;
  const others = placesFor(state, taskClass, failedAt);
  const slot = roomiestSlot(slots, others, NO_ROUND);
  if (slot === 0 || !mayJoin(taskClass, slots, slot)) {
    if (others === places) return { type: "slot", slots: open };
    return { type: "elsewhere", failedAt: Array.from(failedAt, ({ number }) => number) };
  }
  if (delayedUntilMs(state) > nowMs) return { type: "delay", untilMs: delayedUntilMs(state) };
  if (state.permit === "asked") return { type: "check" };
  return { type: "nothing" };
}
