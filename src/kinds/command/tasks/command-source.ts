import type { JobPolicy } from "../../../core/policy.ts";
import { plainClass } from "../../../core/policy.ts";
import type { Driver } from "../../../driver/driver.ts";
import type { TaskKind } from "../../../driver/kind.ts";
import type { TaskSource as Supplied } from "../../../driver/supply.ts";
import type { CommandTask } from "../command-task.ts";
import type { Task, TaskSource } from "./task.ts";

export interface CommandSourceOptions {
  readonly policy: JobPolicy;
  readonly kind: TaskKind<CommandTask>;
  /** How often a task may run in all, where that is its own: 0 is without limit. Missing: as the policy says. */
  readonly triesOf?: (task: Task) => number;
}

/** Tasks of commands for a driver. Those that may run at the same hosts, equally often, are of one class. */
export function commandSource(
  source: TaskSource,
  driver: Driver<CommandTask>,
  { policy, kind, triesOf }: CommandSourceOptions,
): Supplied<CommandTask> {
  function classOf(task: Task): number {
    const { places } = task;
    const tries = triesOf?.(task);
    if (places === undefined && tries === undefined) return 0;
    const plain = plainClass(policy);
    return driver.classOf(`${tries}:${places?.join()}`, () => ({
      ...plain,
      tries: tries ?? plain.tries,
      ...(places && { places }),
    }));
  }

  return {
    ...(source.window !== undefined && { window: source.window }),
    async next(max) {
      const tasks = await source.next(max);
      return tasks.map((task) => ({ ...task, kind, class: classOf(task) }));
    },
  };
}
