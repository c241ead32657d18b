import { allowsQueueAhead, type JobPolicy, plainClass, type TaskClass } from "../../src/core/policy.ts";
import type { Random } from "./random.ts";

/** The classes, pools and resources of a job, and how its tasks depend on each other. */
export interface Kinds {
  /** By number: the first is the job's own. */
  readonly classes: readonly TaskClass[];
  readonly pools: readonly PoolSize[];
  /** Of each resource. Enough for every class: otherwise the job would not end. */
  readonly totals: readonly number[];
  /** How many of the tasks wait for others. */
  readonly dependentChance: number;
  /** How many of the attempts that fail would fail again. */
  readonly finalChance: number;
}

export interface PoolSize {
  readonly slots: number;
  readonly depth: number;
}

/** A job of commands: one class, one pool, no resources. */
export function plainKinds(policy: JobPolicy, pool: PoolSize): Kinds {
  return { classes: [plainClass(policy)], pools: [pool], totals: [], dependentChance: 0, finalChance: 0 };
}

export function kindsOf(random: Random, policy: JobPolicy, pool: PoolSize): Kinds {
  const totals = Array.from({ length: random.int(0, 3) }, () => random.pick([1, 2, 4, 7.5]));
  const others = Array.from({ length: random.int(0, 2) }, () => ({
    slots: random.pick([1, 2, 4]),
    depth: random.int(1, 3),
  }));
  const pools = [pool, ...others];
  const classes = Array.from({ length: random.int(1, 5) }, () =>
    classOf(random, policy, pools.length, totals),
  );
  return {
    classes: [plainClass(policy), ...classes],
    pools,
    totals,
    dependentChance: random.pick([0, 0, 0.3, 0.8]),
    finalChance: random.pick([0, 0.3]),
  };
}

function classOf(random: Random, policy: JobPolicy, pools: number, totals: readonly number[]): TaskClass {
  const tries = random.pick([1, 1, 2, 4]);
  return {
    tries,
    timeout: random.chance(0.3) ? { type: "fixed", timeoutMs: random.int(20, 400) } : { type: "none" },
    backoff: {
      delayMs: random.pick([0, 0, 7, 40]),
      factor: random.pick([1, 2, 3]),
      maxMs: random.pick([10, 200]),
    },
    priority: random.pick([0, 0, 0, 1, -2]),
    pool: random.int(0, pools - 1),
    needs: [...totals.keys()]
      .filter(() => random.chance(0.5))
      .map((resource) => ({
        resource,
        amount: Math.min(totals[resource]!, random.pick([0.1, 0.5, 1, 1, 2, 4])),
      })),
    queueAhead: random.chance(0.6) && allowsQueueAhead({ ...policy, tries: 1 }),
  };
}
