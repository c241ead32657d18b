import type { Task, TaskSource } from "../tasks/task.ts";

/**
 * --onall, --nonall: every task of the source at every host. The tasks of a host stand together, so that its output does:
 * hosts come in the order in which they were named.
 *
 * The input is read to its end before the second host starts on it, and is kept.
 */
export function everywhere(source: TaskSource, hosts: number): TaskSource {
  const all: Task[] = [];
  let isRead = false;
  let given = 0;

  function at(host: number, index: number): Task {
    return { ...all[index]!, seq: (host - 1) * all.length + index + 1, places: [host] };
  }

  return {
    async next(max) {
      while (!isRead) {
        const more = await source.next(max);
        all.push(...more);
        isRead = more.length === 0;
      }
      const count = Math.min(max, all.length * hosts - given);
      const next = Array.from({ length: count }, (_, offset) => {
        const number = given + offset;
        return at(Math.floor(number / all.length) + 1, number % all.length);
      });
      given += count;
      return next;
    },
    total: async () => (await source.total()) * hosts,
    // All hosts start at once, wherever their tasks stand.
    window: Number.POSITIVE_INFINITY,
    close: source.close,
  };
}
