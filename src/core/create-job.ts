import { createClass } from "./classes.ts";
import { firstLane } from "./lanes.ts";
import { type JobPolicy, plainClass, type TaskClass } from "./policy.ts";
import { createResources } from "./resources.ts";
import { createSlots } from "./slots.ts";
import type { JobState } from "./state.ts";
import { createTaskTable } from "./task-table.ts";

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
