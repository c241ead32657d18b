import type { Driver } from "../../driver/driver.ts";
import type { Call, CallTask } from "./call.ts";
import type { SessionSlots } from "./session-slots.ts";
import { type ResourceTable, taskClass } from "./task-class.ts";

/**
 * The scheduler's class for options, which it is told of when it is first asked for. That of no options is there already.
 *
 * @throws YonderError RESOURCE
 */
export function taskClasses(
  driver: Driver<CallTask>,
  slots: SessionSlots,
  resources: ResourceTable,
): (options: Call["options"]) => number {
  const plain = keyOf({});
  return (options) => {
    const key = keyOf(options);
    if (key === plain) return 0;
    return driver.classOf(key, () => {
      const made = taskClass(options, resources);
      slots.need(made.pool);
      return made;
    });
  };
}

/** Options that the scheduler does not see make no class of their own. */
function keyOf({ retries, timeoutMs, resources, priority, isolation }: Call["options"]): string {
  const { count, backoffMs, factor, maxMs } = retries ?? {};
  return JSON.stringify([count, backoffMs, factor, maxMs, timeoutMs, resources, priority, isolation]);
}
