import type { JobEvent } from "../core/events.ts";
import type { InputState, Task } from "./kind.ts";

/** Tells the scheduler of new tasks, in rows of those that are alike: at the end of a turn of the event loop, or before. */
export interface Admission<T extends Task> {
  join(task: T): void;
  /** The scheduler hears of all that have joined, now. */
  admit(): void;
  /** The scheduler has heard of the task, or does before anything that it is told from now on. */
  isAdmitted(task: number): boolean;
  /** Makes it so. */
  ensure(task: number): void;
}

export function createAdmission<T extends Task>(
  tell: (event: JobEvent) => void,
  nowMs: () => number,
): Admission<T> {
  let fresh: T[] = [];
  /** The last task that was told. */
  let admitted = 0;

  function admit(): void {
    const tasks = fresh;
    fresh = [];
    admitted = tasks.at(-1)?.seq ?? admitted;
    for (let from = 0, to = 0; from < tasks.length; from = to) {
      const first = tasks[from]!;
      const inputs = inputsOf(first);
      to = from + 1;
      while (to < tasks.length && tasks[to]!.class === first.class && inputsOf(tasks[to]!) === inputs) to++;
      const blocked = inputs !== "there";
      tell({ nowMs: nowMs(), type: "tasksAdded", count: to - from, class: first.class, blocked });
      if (inputs !== "failed") continue;
      for (let at = from; at < to; at++) tell({ nowMs: nowMs(), type: "inputFailed", task: tasks[at]!.seq });
    }
  }

  const isAdmitted = (task: number): boolean => task <= admitted;
  return {
    join(task) {
      fresh.push(task);
      if (fresh.length === 1) queueMicrotask(admit);
    },
    admit,
    isAdmitted,
    ensure(task) {
      if (!isAdmitted(task)) admit();
    },
  };
}

function inputsOf(task: Task): InputState {
  return task.kind.inputs?.(task) ?? "there";
}
