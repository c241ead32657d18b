import type { Outcome, StopKind } from "./events.ts";
import { createLine, type Line } from "./line.ts";
import { createMedian, type Median } from "./median.ts";
import { allowsQueueAhead, type JobPolicy } from "./policy.ts";
import { createSlots, type Slots } from "./slots.ts";
import { createTaskTable, type TaskTable } from "./task-table.ts";

/** Everything the scheduler knows about one job. Only `step` changes it. */
export interface JobState {
  readonly policy: JobPolicy;
  readonly queueAhead: boolean;
  /** The latest time that an event has told. */
  nowMs: number;
  readonly table: TaskTable;
  readonly line: Line;
  readonly slots: Slots;
  inputClosed: boolean;
  stop: StopKind | "no";
  /** Whether all that runs has been told to stop, and by whom. */
  killsAll: "cancel" | "halt" | "no";
  ended: boolean;
  /** Tasks in the states `queued`, and `returning` or `dropping`. */
  queued: number;
  comingBack: number;
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
  readonly runtimes: Median;
  /** When the timer will fire; Infinity for never. */
  timerAtMs: number;
  haltCount: number;
  /** The exit status that the halt decided on; undefined until it has triggered. */
  haltStatus: number | undefined;
}

export function createJob(policy: JobPolicy): JobState {
  return {
    policy,
    queueAhead: allowsQueueAhead(policy),
    nowMs: Number.NEGATIVE_INFINITY,
    table: createTaskTable(),
    line: createLine(),
    slots: createSlots(),
    inputClosed: false,
    stop: "no",
    killsAll: "no",
    ended: false,
    queued: 0,
    comingBack: 0,
    counts: { succeeded: 0, failed: 0, timedOut: 0, cancelled: 0, skipped: 0 },
    resumed: 0,
    resumedEarly: 0,
    cancelledBy: new Map(),
    closedGates: new Set(),
    permit: "none",
    lastStartMs: Number.NEGATIVE_INFINITY,
    delayMs: policy.delay.delayMs,
    runtimes: createMedian(),
    timerAtMs: Number.POSITIVE_INFINITY,
    haltCount: 0,
    haltStatus: undefined,
  };
}

/** Attempts that run, told to stop or not. */
export function runningCount(state: JobState): number {
  return state.slots.slotOf.size - state.queued - state.comingBack;
}

/** Tasks that ended without success. */
export function unsuccessful(counts: JobState["counts"]): number {
  return counts.failed + counts.timedOut + counts.cancelled + counts.skipped;
}
