import type { Call } from "../call.ts";
import { type ResourceTable, THREADS, taskClass, WAITERS } from "../task-class.ts";
import { nowMs, type Scheduling } from "./scheduling.ts";

/** Tasks that wait for something share threads: so many in each. */
const WAITERS_PER_THREAD = 64;

/**
 * The scheduler's class for options, which it is told of when it is first asked for. That of no options is there already.
 *
 * @param threads slots for tasks that compute
 * @throws YonderError RESOURCE
 */
export function taskClasses(
  { dispatch }: Scheduling,
  threads: number,
  resources: ResourceTable,
): (options: Call["options"]) => number {
  const pools = [THREADS];
  const classes = new Map<string, number>([[keyOf({}), 0]]);
  return (options) => {
    const key = keyOf(options);
    const known = classes.get(key);
    if (known !== undefined) return known;
    const added = taskClass(options, resources);
    dispatch({ nowMs: nowMs(), type: "classAdded", class: added });
    if (!pools.includes(added.pool)) {
      pools.push(added.pool);
      const slots = added.pool === WAITERS ? threads * WAITERS_PER_THREAD : threads;
      dispatch({ nowMs: nowMs(), type: "slotsChanged", slots, depth: 1, pool: added.pool });
    }
    // The scheduler's own list may be behind: it has not heard of the class if it is calling us.
    const number = classes.size;
    classes.set(key, number);
    return number;
  };
}

/** Options that the scheduler does not see make no class of their own. */
function keyOf({ retries, timeoutMs, resources, priority, isolation }: Call["options"]): string {
  const { count, backoffMs, factor, maxMs } = retries ?? {};
  return JSON.stringify([count, backoffMs, factor, maxMs, timeoutMs, resources, priority, isolation]);
}
