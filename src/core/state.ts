import { type ClassState, createClass } from "./classes.ts";
import type { Outcome, StopKind } from "./events.ts";
import { firstLane } from "./lanes.ts";
import type { Place } from "./places.ts";
import { type JobPolicy, plainClass, type TaskClass } from "./policy.ts";
import { createResources, type Resources } from "./resources.ts";
import type { Resting } from "./retry.ts";
import { createSlots, type Slots } from "./slots.ts";
import { createTaskTable, type TaskTable } from "./task-table.ts";
import type { Turns } from "./turns.ts";

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

/** @param plain the class of tasks that belong to no other */
export function createJob(policy: JobPolicy, plain: TaskClass = plainClass(policy)): JobState {
  const slotOf = new Map<number, number>();
  const slots = createSlots(slotOf);
  const classes = [createClass(plain, slots)];
  return {
    policy,
    nowMs: Number.NEGATIVE_INFINITY,
    table: createTaskTable(),
    added: 0,
    classes,
    turns: { order: classes.map(firstLane), at: 0, kept: [], round: 0 },
    pools: [slots],
    slotOf,
    resources: createResources(),
    inputClosed: false,
    stop: "no",
    killsAll: "no",
    ended: false,
    blocked: 0,
    queued: 0,
    comingBack: 0,
    resting: [],
    failedAt: new Map(),
    counts: { succeeded: 0, failed: 0, timedOut: 0, cancelled: 0, skipped: 0 },
    resumed: 0,
    resumedEarly: 0,
    cancelledBy: new Map(),
    closedGates: new Set(),
    permit: "none",
    lastStartMs: Number.NEGATIVE_INFINITY,
    delayMs: policy.delay.delayMs,
    timerAtMs: Number.POSITIVE_INFINITY,
    haltCount: 0,
    haltStatus: undefined,
  };
}

/** Attempts that run, told to stop or not. */
export function runningCount(state: JobState): number {
  return state.slotOf.size - state.queued - state.comingBack;
}

/** Tasks that ended without success. */
export function unsuccessful(counts: JobState["counts"]): number {
  return counts.failed + counts.timedOut + counts.cancelled + counts.skipped;
}
