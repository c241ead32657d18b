import type { Task } from "./task.ts";

/** Tasks by their numbers, and how large their values are together. */
export interface HeldTasks {
  add(task: Task): void;
  get(seq: number): Task | undefined;
  delete(seq: number): void;
  readonly size: number;
  readonly bytes: number;
}

export function heldTasks(): HeldTasks {
  const tasks = new Map<number, Task>();
  let bytes = 0;
  return {
    add(task) {
      tasks.set(task.seq, task);
      bytes += valueBytes(task);
    },
    get: (seq) => tasks.get(seq),
    delete(seq) {
      const task = tasks.get(seq);
      if (task === undefined) return;
      tasks.delete(seq);
      bytes -= valueBytes(task);
    },
    get size() {
      return tasks.size;
    },
    get bytes() {
      return bytes;
    },
  };
}

function valueBytes({ rows }: Task): number {
  let bytes = 0;
  for (const row of rows) for (const value of row) bytes += value.length;
  return bytes;
}
