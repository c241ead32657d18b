import type { Random } from "./random.ts";

/** What a driver knows of tasks that wait for others: it tells the scheduler when that is over. */
export interface Graph {
  /** Makes a task wait for some of those before it. */
  add(task: number): void;
  ended(task: number, succeeded: boolean): void;
}

type Tell = (type: "unblocked" | "inputFailed", task: number) => void;

const INPUTS_MAX = 3;

export function createGraph(random: Random, tell: Tell): Graph {
  const ends = new Map<number, boolean>();
  /** Of the tasks that wait: what they wait for. */
  const inputs = new Map<number, readonly number[]>();

  function look(task: number): void {
    const needed = inputs.get(task)!.map((input) => ends.get(input));
    const type = needed.includes(false) ? "inputFailed" : "unblocked";
    if (type === "unblocked" && needed.includes(undefined)) return;
    inputs.delete(task);
    tell(type, task);
  }

  return {
    add(task) {
      const count = Math.min(task - 1, random.int(1, INPUTS_MAX));
      inputs.set(
        task,
        Array.from({ length: count }, () => random.int(1, task - 1)),
      );
      look(task);
    },
    ended(task, succeeded) {
      ends.set(task, succeeded);
      inputs.delete(task);
      for (const other of [...inputs.keys()]) if (inputs.get(other)!.includes(task)) look(other);
    },
  };
}
