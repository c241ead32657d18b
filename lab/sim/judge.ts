import type { JobSummary, Outcome } from "../../src/core/events.ts";
import type { TaskClass } from "../../src/core/policy.ts";
import type { Scenario } from "./scenario.ts";
import type { PoolSize } from "./workload.ts";

/**
 * Watches everything that goes into the scheduler (judge-events.ts) and comes out of it (judge-effects.ts, judge-order.ts), looks around
 * between two steps (judge-rest.ts), and throws where a promise is broken. It knows nothing of the scheduler's state.
 */
export interface Judge {
  readonly scenario: Scenario;
  readonly tasks: Map<number, Seen>;
  /** Outcomes in the order in which they came. */
  readonly order: { readonly task: number; readonly outcome: Outcome }[];
  /** The tasks in each slot, by its name, the first one running. */
  readonly slots: Map<string, number[]>;
  readonly pools: PoolSize[];
  totals: readonly number[];
  /** What was free of each resource before the scheduler answered the last event. */
  freeBefore: readonly number[];
  /** The place of each slot that was ever open, by the slot's name. */
  readonly homes: Map<string, number>;
  /** Resources that a lane has lacked while a slot was empty for it, since a task of it last started: see judge-places.ts. */
  readonly awaited: Map<string, Set<number>>;
  readonly closedGates: Set<string>;
  readonly resumed: Set<number>;
  /** Of the attempts that succeeded. */
  readonly runtimesMs: Map<TaskClass, number[]>;
  added: number;
  inputClosed: boolean;
  /** No start is right from here on. */
  stopped: boolean;
  /** Whatever runs must have been told to stop. */
  killed: boolean;
  permit: "none" | "asked" | "granted";
  delayMs: number;
  lastStartMs: number;
  /** When the scheduler was last asked. */
  lastStepMs: number;
  summary: JobSummary | undefined;
}

/** What the judge has seen of a task. */
export interface Seen {
  class: TaskClass;
  /** While it is in a slot. `startMs`: when it became the first there. */
  held: { readonly attempt: number; readonly slot: string; startMs: number } | undefined;
  askedBack: boolean;
  blocked: boolean;
  /** It has been in a slot, or blocked, before: it comes before the fresh ones of its class. */
  again: boolean;
  restsUntilMs: number;
  stoppedFor: string | undefined;
  attempts: number;
  lastEnd: AttemptSeen | undefined;
  /** The places at which its attempts have failed. */
  readonly failedAt: Set<number>;
  cancelAsked: boolean;
  skipped: boolean;
  outcome: Outcome | undefined;
}

export interface AttemptSeen {
  readonly exitCode: number;
  readonly signal: number;
  /** Another try would end the same way. */
  readonly final: boolean;
  /** Through no fault of its own. */
  readonly interrupted: boolean;
  /** Why it was told to stop. */
  readonly stoppedFor: string | undefined;
}

export function createJudge(scenario: Scenario): Judge {
  return {
    scenario,
    tasks: new Map(),
    order: [],
    slots: new Map(),
    pools: scenario.workload.pools.map(() => ({ slots: 0, depth: 1 })),
    totals: [],
    freeBefore: [],
    homes: new Map(),
    awaited: new Map(),
    closedGates: new Set(),
    resumed: new Set(),
    runtimesMs: new Map(),
    added: 0,
    inputClosed: false,
    stopped: false,
    killed: false,
    permit: "none",
    delayMs: scenario.policy.delay.delayMs,
    lastStartMs: Number.NEGATIVE_INFINITY,
    lastStepMs: Number.NEGATIVE_INFINITY,
    summary: undefined,
  };
}

export function seenOf(judge: Judge, task: number): Seen {
  const known = judge.tasks.get(task);
  if (known !== undefined) return known;
  const seen: Seen = {
    class: judge.scenario.workload.classes[0]!,
    held: undefined,
    askedBack: false,
    blocked: false,
    again: false,
    restsUntilMs: Number.NEGATIVE_INFINITY,
    stoppedFor: undefined,
    attempts: 0,
    lastEnd: undefined,
    failedAt: new Set(),
    cancelAsked: false,
    skipped: false,
    outcome: undefined,
  };
  judge.tasks.set(task, seen);
  return seen;
}

/** A slot's name. */
export function slotKey(pool: number, slot: number): string {
  return `${pool}.${slot}`;
}

/** How many tasks a slot holds. */
export function loadOf(judge: Judge, pool: number, slot: number): number {
  return judge.slots.get(slotKey(pool, slot))?.length ?? 0;
}

export function runtimesOf(judge: Judge, of: TaskClass): number[] {
  const runtimesMs = judge.runtimesMs.get(of) ?? [];
  judge.runtimesMs.set(of, runtimesMs);
  return runtimesMs;
}

export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
