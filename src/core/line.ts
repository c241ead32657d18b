import { popHeap, pushHeap } from "./heap.ts";
import { stateOf, type TaskTable } from "./task-table.ts";

/**
 * The tasks that wait, in the order in which they will start: first those that have been in line before (a retry, or taken
 * back unstarted), lowest number first, then the fresh ones.
 */
export interface Line {
  /** Heap of tasks to start again. One that is not waiting any more is passed over. */
  readonly again: number[];
  /** Every waiting task from here to `added` is fresh; none below it is. */
  fresh: number;
  /** The last task that was added. */
  added: number;
}

export function createLine(): Line {
  return { again: [], fresh: 1, added: 0 };
}

export function backInLine(line: Line, task: number): void {
  pushHeap(line.again, task);
}

/** The task to start next; 0 where none waits. */
export function firstInLine(line: Line, table: TaskTable): number {
  while (line.again.length > 0 && stateOf(table, line.again[0]!) !== "waiting") popHeap(line.again);
  if (line.again.length > 0) return line.again[0]!;
  while (line.fresh <= line.added && stateOf(table, line.fresh) !== "waiting") line.fresh++;
  return line.fresh <= line.added ? line.fresh : 0;
}

/** Takes the task that `firstInLine` has just given out of the line. */
export function leaveLine(line: Line): void {
  if (line.again.length > 0) popHeap(line.again);
  else line.fresh++;
}
