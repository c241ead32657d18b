import { type Task, type TaskSource, unknownTotal } from "./task.ts";

/** A source of tasks that are all there. */
export function queueSource(tasks: readonly Task[], close: () => void): TaskSource {
  let given = 0;
  return {
    async next(max) {
      const from = given;
      given = Math.min(tasks.length, from + max);
      return tasks.slice(from, given);
    },
    total: async () => tasks.length,
    close,
  };
}

/** A source that something else fills: `run` starts tasks as it goes, and no more come when it has ended. */
export function streamSource(
  run: (start: (task: Task) => void) => Promise<void>,
  close: () => void,
): TaskSource {
  const ready: Task[] = [];
  let wake: (() => void) | undefined;
  let ended: Promise<void> | undefined;
  let isOver = false;
  const begin = (): Promise<void> =>
    run((task) => {
      ready.push(task);
      wake?.();
    }).finally(() => {
      isOver = true;
      wake?.();
    });
  return {
    async next() {
      ended ??= begin();
      ended.catch(() => {}); // told below
      while (ready.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (ready.length === 0) await ended;
      return ready.splice(0);
    },
    total: unknownTotal,
    close,
  };
}
