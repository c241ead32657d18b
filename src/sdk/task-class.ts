import type { BackoffPolicy, ResourceNeed, TaskClass } from "../core/policy.ts";
import { NO_BACKOFF } from "../core/policy.ts";
import type { Resources, Retries, TaskOptions } from "../function/options.ts";
import { YonderError } from "../interface/errors.ts";

/** Pools of slots, by their number in the scheduler. */
export const THREADS = 0;
export const PROCESSES = 1;
/** For tasks that wait rather than compute (`cpus: 0`): many of them share a thread. */
export const WAITERS = 2;

/** What this machine has, in the order in which the scheduler counts it. */
export interface ResourceTable {
  readonly names: readonly string[];
  readonly totals: readonly number[];
}

export function resourceTable(cpus: number, totals: Resources): ResourceTable {
  const all: Resources = { ...totals, cpus };
  const names = Object.keys(all).filter((name) => all[name] !== undefined);
  return { names, totals: names.map((name) => all[name]!) };
}

/**
 * The scheduler's class for these options.
 *
 * @throws YonderError RESOURCE where this machine can never have what they ask for
 */
export function taskClass(options: TaskOptions, table: ResourceTable): TaskClass {
  const { retries, timeoutMs, resources = {}, priority = 0, isolation = "thread" } = options;
  const cpus = resources.cpus ?? 1;
  return {
    tries: 1 + (retries?.count ?? 0),
    timeout: timeoutMs === undefined ? { type: "none" } : { type: "fixed", timeoutMs },
    backoff: backoffOf(retries),
    priority,
    pool: isolation === "process" ? PROCESSES : cpus === 0 ? WAITERS : THREADS,
    needs: needsOf({ ...resources, cpus }, table),
    // One with a time limit is alone in its thread, so that only its own time counts.
    queueAhead: isolation === "thread" && cpus > 0 && timeoutMs === undefined,
  };
}

function backoffOf(retries: Retries | undefined): BackoffPolicy {
  if (retries?.backoffMs === undefined) return NO_BACKOFF;
  const { backoffMs, factor = 2, maxMs = Number.POSITIVE_INFINITY } = retries;
  return { delayMs: backoffMs, factor, maxMs };
}

function needsOf(resources: Resources, { names, totals }: ResourceTable): ResourceNeed[] {
  const needs: ResourceNeed[] = [];
  for (const [name, amount = 0] of Object.entries(resources)) {
    if (amount === 0) continue;
    const resource = names.indexOf(name);
    const total = totals[resource] ?? 0;
    if (amount > total) {
      throw new YonderError("RESOURCE", {
        message: `the task needs ${amount} ${name}, and this machine has ${total}`,
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
