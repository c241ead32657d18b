import type { JobSummary, Outcome } from "../../src/core/events.ts";
import type { Scenario } from "./scenario.ts";

/**
 * Watches everything that goes into the scheduler (judge-events.ts) and comes out of it (judge-effects.ts), looks around
 * between two steps (judge-rest.ts), and throws where a promise is broken. It knows nothing of the scheduler's state.
 */
export interface Judge {
  readonly scenario: Scenario;
  readonly tasks: Map<number, Seen>;
  /** Outcomes in the order in which they came. */
  readonly order: { readonly task: number; readonly outcome: Outcome }[];
  /** The tasks in each slot, the first one running. */
  readonly slots: Map<number, number[]>;
  readonly closedGates: Set<string>;
  readonly resumed: Set<number>;
  /** Of the attempts that succeeded. */
  readonly runtimesMs: number[];
  added: number;
  inputClosed: boolean;
  slotCount: number;
  depth: number;
  /** No start is right from here on. */
  stopped: boolean;
  /** Whatever runs must have been told to stop. */
  killed: boolean;
  permit: "none" | "asked" | "granted";
  delayMs: number;
  lastStartMs: number;
  /** The highest task that was ever started. */
  freshest: number;
  summary: JobSummary | undefined;
}

/** What the judge has seen of a task. */
export interface Seen {
  /** While it is in a slot. `startMs`: when it became the first there. */
  held: { readonly attempt: number; readonly slot: number; startMs: number } | undefined;
  askedBack: boolean;
  /** It has been in a slot before. */
  given: boolean;
  stoppedFor: string | undefined;
  attempts: number;
  lastEnd: AttemptSeen | undefined;
  cancelAsked: boolean;
  skipped: boolean;
  outcome: Outcome | undefined;
}

export interface AttemptSeen {
  readonly exitCode: number;
  readonly signal: number;
  /** Why it was told to stop. */
  readonly stoppedFor: string | undefined;
}

export function createJudge(scenario: Scenario): Judge {
  return {
    scenario,
    tasks: new Map(),
    order: [],
    slots: new Map(),
    closedGates: new Set(),
    resumed: new Set(),
    runtimesMs: [],
    added: 0,
    inputClosed: false,
    slotCount: 0,
    depth: 1,
    stopped: false,
    killed: false,
    permit: "none",
    delayMs: scenario.policy.delay.delayMs,
    lastStartMs: Number.NEGATIVE_INFINITY,
    freshest: 0,
    summary: undefined,
  };
}

export function seenOf(judge: Judge, task: number): Seen {
  const known = judge.tasks.get(task);
  if (known !== undefined) return known;
  const seen: Seen = {
    held: undefined,
    askedBack: false,
    given: false,
    stoppedFor: undefined,
    attempts: 0,
    lastEnd: undefined,
    cancelAsked: false,
    skipped: false,
    outcome: undefined,
  };
  judge.tasks.set(task, seen);
  return seen;
}

export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
