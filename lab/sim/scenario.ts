import {
  DEFAULT_POLICY,
  type DelayPolicy,
  type HaltPolicy,
  type JobPolicy,
  type TimeoutPolicy,
} from "../../src/core/policy.ts";
import type { Random } from "./random.ts";
import { plainWorkload, type Workload, workloadOf } from "./workload.ts";

/** Everything that one seed decides before the job begins. What attempts do is decided as they begin. */
export interface Scenario {
  readonly policy: JobPolicy;
  readonly workload: Workload;
  readonly tasks: number;
  /** Tasks that an earlier run has ended. */
  readonly resumed: readonly (readonly [from: number, to: number])[];
  readonly failChance: number;
  readonly skipChance: number;
  readonly slowChance: number;
  /** Messages from slots may take this long. */
  readonly latencyMs: number;
  /** How often, in the whole run, each of these happens at some random time. */
  readonly troubles: readonly Trouble[];
}

export interface Trouble {
  readonly type:
    | "slotDies"
    | "slotsChange"
    | "placeLost"
    | "resourcesChange"
    | "gate"
    | "evict"
    | "cancelTask"
    | "drain"
    | "cancel";
  readonly atMs: number;
}

export function scenarioOf(random: Random): Scenario {
  const tasks = random.pick([0, 1, 2, 5, 20, 60]);
  const policy = policyOf(random);
  const pool = { slots: random.pick([1, 1, 2, 3, 8, 40]), depth: random.pick([1, 2, 2, 4]) };
  return {
    policy,
    workload: random.chance(0.6) ? workloadOf(random, policy, pool) : plainWorkload(random, policy, pool),
    tasks,
    resumed: random.chance(0.2)
      ? [
          [1, random.int(1, 3)],
          [5, random.int(5, 30)],
        ]
      : [],
    failChance: random.pick([0, 0.1, 0.5, 1]),
    skipChance: random.pick([0, 0, 0.1]),
    slowChance: random.pick([0, 0.05, 0.3]),
    latencyMs: random.pick([0, 0, 5, 50]),
    troubles: troublesOf(random),
  };
}

function policyOf(random: Random): JobPolicy {
  // Of what forbids to queue ahead there is something in most of the others.
  if (random.chance(0.2)) return DEFAULT_POLICY;
  return {
    tries: random.pick([1, 1, 1, 2, 4]),
    halt: haltOf(random),
    timeout: timeoutOf(random),
    delay: delayOf(random),
    askBeforeStart: random.chance(0.1),
  };
}

function haltOf(random: Random): HaltPolicy {
  if (random.chance(0.6)) return { when: "never" };
  return {
    when: random.pick(["now", "soon"]),
    why: random.pick(["fail", "success", "done"]),
    threshold: random.chance(0.5)
      ? { type: "count", count: random.int(1, 5) }
      : { type: "percent", percent: random.int(1, 100) },
  };
}

function timeoutOf(random: Random): TimeoutPolicy {
  return random.pick<TimeoutPolicy>([
    { type: "none" },
    { type: "none" },
    { type: "fixed", timeoutMs: random.int(20, 400) },
    { type: "percent", percent: random.pick([150, 400, 4000]) },
  ]);
}

function delayOf(random: Random): DelayPolicy {
  return random.chance(0.7)
    ? { delayMs: 0, auto: false }
    : { delayMs: random.int(1, 80), auto: random.chance(0.5) };
}

function troublesOf(random: Random): Trouble[] {
  const troubles: Trouble[] = [];
  // Most jobs are over soon.
  const withinMs = random.pick([100, 1500]);
  const add = (type: Trouble["type"], probability: number, most: number): void => {
    if (!random.chance(probability)) return;
    for (let i = random.int(1, most); i > 0; i--) troubles.push({ type, atMs: random.int(0, withinMs) });
  };
  add("slotDies", 0.3, 4);
  add("slotsChange", 0.3, 4);
  add("placeLost", 0.3, 3);
  add("resourcesChange", 0.3, 3);
  add("gate", 0.2, 3);
  add("evict", 0.2, 5);
  add("cancelTask", 0.3, 15);
  add("drain", 0.1, 1);
  add("cancel", 0.15, 2);
  return troubles;
}
