import type { Call } from "../call.ts";
import { type ResourceTable, taskClass } from "../task-class.ts";
import { nowMs, type Scheduling } from "./scheduling.ts";
import type { SessionSlots } from "./slots.ts";

/**
 * The scheduler's class for options, which it is told of when it is first asked for. That of no options is there already.
 *
 * @throws YonderError RESOURCE
 */
export function taskClasses(
  { dispatch }: Scheduling,
  slots: SessionSlots,
  resources: ResourceTable,
): (options: Call["options"]) => number {
  const classes = new Map<string, number>([[keyOf({}), 0]]);
  return (options) => {
    const key = keyOf(options);
    const known = classes.get(key);
    if (known !== undefined) return known;
    const added = taskClass(options, resources);
    dispatch({ nowMs: nowMs(), type: "classAdded", class: added });
    slots.need(added.pool);
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
