// What the scheduler knows about a job, and nothing of what it does with it: shapes that refer to each other, in one place.
import type { Outcome, StopKind } from "./events.ts";
import type { Line } from "./line.ts";
import type { Median } from "./median.ts";
import type { Place } from "./places.ts";
import { isPercent, type JobPolicy, type ResourceNeed, type TaskClass } from "./policy.ts";
import type { TaskTable } from "./task-table.ts";

/** Everything the scheduler knows about one job. Only `step` changes it. */
export interface JobState {
  readonly policy: JobPolicy;
  /** The latest time that an event has told. */
  nowMs: number;
  readonly table: TaskTable;
  /** The last task that was added. */
  added: number;
  readonly classes: ClassState[];
  readonly turns: Turns;
  readonly pools: Slots[];
  /** The slot, in the pool of its class, of every task that is in one. */
  readonly slotOf: Map<number, number>;
  readonly resources: Resources;
  inputClosed: boolean;
  stop: StopKind | "no";
  /** Whether all that runs has been told to stop, and by whom. */
  killsAll: "cancel" | "halt" | "no";
  ended: boolean;
  /** Tasks in the states `blocked`, `queued`, and `returning` or `dropping`. */
  blocked: number;
  queued: number;
  comingBack: number;
  /** Heap of the tasks that wait for their next try. One that is not waiting any more is passed over. */
  readonly resting: Resting[];
  /** Where the attempts of a task that waits for a retry, or runs one, have failed. */
  readonly failedAt: Map<number, ReadonlySet<Place>>;
  /** Outcomes recorded, and tasks that had theirs before. */
  readonly counts: Record<Outcome["type"], number>;
  resumed: number;
  /** Tasks marked as resumed before they were added. */
  resumedEarly: number;
  /** Who cancelled the tasks that are about to end for it. */
  readonly cancelledBy: Map<number, "cancel" | "halt">;
  /** Names of the gates that are closed. */
  readonly closedGates: Set<string>;
  /** With askBeforeStart: none, `checkGate` was sent, or one start was allowed. */
  permit: "none" | "asked" | "granted";
  lastStartMs: number;
  delayMs: number;
  /** When the timer will fire; Infinity for never. */
  timerAtMs: number;
  haltCount: number;
  /** The exit status that the halt decided on; undefined until it has triggered. */
  haltStatus: number | undefined;
}

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

/**
 * Tasks of one class that wait for the same things: those that have not failed, and those whose attempts have failed at the
 * same places, which are tried again where they have not. Each lane has its turn by itself, so that nobody waits for a task
 * that waits for another place. A lane of tasks that have failed is gone when it is empty.
 */
export interface Lane {
  readonly of: ClassState;
  readonly line: Line;
  readonly failedAt: ReadonlySet<Place>;
  /** Tells the lanes of a class. */
  readonly key: string;
  /**
   * Of its needs, those that were lacking while a slot was empty for it, since a task of it last started: kept from the
   * lanes after it, until then.
   */
  readonly awaited: Set<ResourceNeed>;
}

/**
 * Whose turn it is, within one step. A lane whose first task cannot start is passed over, and what it waits for is kept from
 * the lanes after it:
 * - where it has found a slot empty and something lacking, so much of that, until one of its tasks starts;
 * - nothing is queued ahead in its places, or a slot there would never become empty.
 *
 * So a stream of small tasks never keeps a large one waiting for ever; what it does not need is free for the others.
 */
export interface Turns {
  /** All lanes: from `at` on those whose turn is to come, in order. One of which no task waits comes wherever it is. */
  readonly order: Lane[];
  at: number;
  /** How much of each resource. */
  readonly kept: number[];
  /** Counts the times that turns were taken. Nothing is queued ahead at places that are kept in this one. */
  round: number;
}

/**
 * The slots of a pool and what is in them: up to `stride` tasks each, in the order in which they were given. The first one runs.
 *
 * Slots that are closed, or above `count` (there were more once), keep their tasks until these end, and get no new ones.
 */
export interface Slots {
  count: number;
  depth: number;
  /** Slots 1 to `made` exist in the arrays below. */
  made: number;
  stride: number;
  tasks: Int32Array;
  loads: Int32Array;
  /** In the order in which they were first told of. */
  readonly places: Place[];
  /** The place of a slot, which never changes; undefined for one that has always been closed. */
  readonly homes: (Place | undefined)[];
  /** Where a slot is in the list of its place's slots. */
  ranks: Int32Array;
  /** 1 for a slot that may get tasks. */
  isOpen: Uint8Array;
  /** Open slots that hold nothing. */
  empty: number;
  /** Whether `slotsChanged` has told the places of these slots. */
  isPlaced: boolean;
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

/** A task whose next try is not yet due. */
export interface Resting {
  readonly task: number;
  readonly untilMs: number;
}

/** How much there is of each resource, and how much of it is not held. Less than none is free after a total has shrunk. */
export interface Resources {
  totals: readonly number[];
  free: number[];
}

/** Attempts that run, told to stop or not. */
export function runningCount(state: JobState): number {
  return state.slotOf.size - state.queued - state.comingBack;
}

/** Tasks that ended without success. */
export function unsuccessful(counts: JobState["counts"]): number {
  return counts.failed + counts.timedOut + counts.cancelled + counts.skipped;
}

/** True while a percentage cannot be turned into a number of tasks. */
export function waitsForInput(state: JobState): boolean {
  return isPercent(state.policy.halt) && !state.inputClosed;
}
