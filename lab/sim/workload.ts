import { allowsQueueAhead, type JobPolicy, plainClass, type TaskClass } from "../../src/core/policy.ts";
import type { Random } from "./random.ts";

/** The classes, pools and resources of a job, and how its tasks depend on each other. */
export interface Workload {
  /** By number: the first is the job's own. */
  readonly classes: readonly TaskClass[];
  readonly pools: readonly Pool[];
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
  /** As in `slotsChanged`. Missing: the places of this pool are never told. */
  readonly places?: readonly number[];
  readonly weights?: readonly number[];
}

/** A pool as it is once all trouble is over. */
export interface Pool extends PoolSize {
  /** Where its slots are, also those that are closed then. */
  readonly homes?: readonly number[];
}

/** A job of commands: one class, one pool, no resources. */
export function plainWorkload(random: Random, policy: JobPolicy, size: PoolSize): Workload {
  const pool = placed(random, size);
  const plain = { ...plainClass(policy), ...somePlaces(random, pool) };
  return { classes: [plain], pools: [pool], totals: [], dependentChance: 0, finalChance: 0 };
}

export function workloadOf(random: Random, policy: JobPolicy, size: PoolSize): Workload {
  const totals = Array.from({ length: random.int(0, 3) }, () => random.pick([1, 2, 4, 7.5]));
  const others = Array.from({ length: random.int(0, 2) }, () => ({
    slots: random.pick([1, 2, 4]),
    depth: random.int(1, 3),
  }));
  const pools = [size, ...others].map((one) => placed(random, one));
  const classes = Array.from({ length: random.int(1, 5) }, () => classOf(random, policy, pools, totals));
  const plain = { ...plainClass(policy), ...somePlaces(random, pools[0]!) };
  return {
    classes: [plain, ...classes],
    pools,
    totals,
    dependentChance: random.pick([0, 0, 0.3, 0.8]),
    finalChance: random.pick([0, 0.3]),
  };
}

/** Half of the pools have places. */
function placed(random: Random, size: PoolSize): Pool {
  if (random.chance(0.5)) return size;
  const count = random.int(1, 4);
  const homes = Array.from({ length: size.slots }, () => random.int(1, count));
  const places = homes.map((home) => (random.chance(0.15) ? 0 : home));
  const isOpen = places.some((place) => place > 0);
  const weights = homes.map(() => random.pick([1, 1, 2, 0.5]));
  return { ...size, homes, places: isOpen ? places : homes, ...(random.chance(0.3) ? { weights } : {}) };
}

/** Often none, else one that is open in the end, and maybe others, which may not even exist. */
function somePlaces(random: Random, { places = [] }: Pool): { places?: readonly number[] } {
  const open = places.filter((place) => place > 0);
  if (open.length === 0 || random.chance(0.6)) return {};
  const some = [random.pick(open), ...[1, 2, 3, 4, 5].filter(() => random.chance(0.2))];
  return { places: [...new Set(some)] };
}

function classOf(
  random: Random,
  policy: JobPolicy,
  pools: readonly Pool[],
  totals: readonly number[],
): TaskClass {
  const pool = random.int(0, pools.length - 1);
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
    pool,
    ...somePlaces(random, pools[pool]!),
    needs: [...totals.keys()]
      .filter(() => random.chance(0.5))
      .map((resource) => ({
        resource,
        amount: Math.min(totals[resource]!, random.pick([0.1, 0.5, 1, 1, 2, 4])),
      })),
    queueAhead: random.chance(0.6) && allowsQueueAhead({ ...policy, tries: 1 }),
  };
}
