import type { BackoffPolicy, ResourceNeed, TaskClass } from "../../core/policy.ts";
import { NO_BACKOFF } from "../../core/policy.ts";
import type { Resources, Retries, TaskOptions } from "../../function/options.ts";
import { YonderError } from "../../interface/errors.ts";

/** Pools of slots, by their number in the scheduler. */
export const THREADS = 0;
export const PROCESSES = 1;
/** For tasks that wait rather than compute (`cpus: 0`): many of them share a thread. */
export const WAITERS = 2;

/** What the machines have together, in the order in which the scheduler counts it. */
export interface ResourceTable {
  readonly names: readonly string[];
  readonly totals: readonly number[];
  /** What each of them has by itself; only what is known of each. */
  readonly places: readonly Resources[];
}

/** @param own what there is more, or another amount of, in all; their `cpus` are as they are */
export function resourceTable(places: readonly Resources[], own: Resources = {}): ResourceTable {
  const all: Record<string, number | undefined> = { ...own, cpus: undefined };
  for (const name of new Set(places.flatMap(Object.keys))) {
    all[name] ??= places.reduce((sum, place) => sum + (place[name] ?? 0), 0);
  }
  const names = Object.keys(all).filter((name) => all[name] !== undefined);
  // With another amount in all, nobody knows what of it is where.
  const known = places.map((place) =>
    Object.fromEntries(Object.entries(place).filter(([name]) => name === "cpus" || own[name] === undefined)),
  );
  return { names, totals: names.map((name) => all[name]!), places: known };
}

/**
 * The scheduler's class for these options.
 *
 * @throws YonderError RESOURCE where this machine can never have what they ask for
 */
export function taskClass(options: TaskOptions, table: ResourceTable): TaskClass {
  const { retries, timeoutMs, resources = {}, priority = 0, isolation = "thread" } = options;
  const cpus = resources.cpus ?? 1;
  const needs = { ...resources, cpus };
  const places = placesWith(needs, table);
  return {
    tries: 1 + (retries?.count ?? 0),
    timeout: timeoutMs === undefined ? { type: "none" } : { type: "fixed", timeoutMs },
    backoff: backoffOf(retries),
    priority,
    pool: isolation === "process" ? PROCESSES : cpus === 0 ? WAITERS : THREADS,
    needs: needsOf(needs, table),
    ...(places !== undefined && { places }),
    // One with a time limit is alone in its thread, so that only its own time counts.
    queueAhead: isolation === "thread" && cpus > 0 && timeoutMs === undefined,
  };
}

/** The numbers of the places that have it all; undefined where all of them do. */
function placesWith(needs: Resources, { places }: ResourceTable): readonly number[] | undefined {
  const isEnough = (place: Resources): boolean =>
    Object.entries(needs).every(([name, amount = 0]) => amount <= (place[name] ?? amount));
  const numbers = places.flatMap((place, index) => (isEnough(place) ? [index + 1] : []));
  if (numbers.length === places.length) return undefined;
  // What even all of them together have not is an error of its own.
  if (numbers.length === 0 && places.length > 1) throw onNone(needs);
  return numbers.length === 0 ? undefined : numbers;
}

function onNone(needs: Resources): YonderError {
  const list = Object.entries(needs).map(([name, amount]) => `${amount} ${name}`);
  return new YonderError("RESOURCE", {
    message: `the task needs ${list.join(" and ")}, and no machine has that by itself`,
    remedy: "ask for less, or connect to a machine that has it",
  });
}

function backoffOf(retries: Retries | undefined): BackoffPolicy {
  if (retries?.backoffMs === undefined) return NO_BACKOFF;
  const { backoffMs, factor = 2, maxMs = Number.POSITIVE_INFINITY } = retries;
  return { delayMs: backoffMs, factor, maxMs };
}

function needsOf(resources: Resources, { names, totals, places }: ResourceTable): ResourceNeed[] {
  const needs: ResourceNeed[] = [];
  for (const [name, amount = 0] of Object.entries(resources)) {
    if (amount === 0) continue;
    const resource = names.indexOf(name);
    const total = totals[resource] ?? 0;
    if (amount > total) {
      throw new YonderError("RESOURCE", {
        message: `the task needs ${amount} ${name}, and ${places.length === 1 ? "this machine has" : "the machines have"} ${total}`,
        remedy:
          resource === -1
            ? `say how many there are: connect({ resources: { ${name}: … } })`
            : `ask for less, or say that there is more: connect({ ${name === "cpus" ? "threads" : `resources: { ${name}: … }`} })`,
      });
    }
    needs.push({ resource, amount });
  }
  return needs;
}
