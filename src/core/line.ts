import { popHeap, pushHeap } from "./heap.ts";
import { stateOf, type TaskTable } from "./task-table.ts";

/**
 * The tasks of one class that wait, in the order in which they will start: first those that have been in line before (a
 * retry, taken back unstarted, or unblocked), lowest number first, then the fresh ones.
 */
export interface Line {
  /** Heap of tasks to start again. One that is not waiting any more is passed over. */
  readonly again: number[];
  /** First and last task of each run of fresh ones, in order, from `at` on. A task that is not waiting is passed over. */
  readonly fresh: number[];
  at: number;
}

export function createLine(): Line {
  return { again: [], fresh: [], at: 0 };
}

export function backInLine(line: Line, task: number): void {
  pushHeap(line.again, task);
}

/** Puts the tasks from `from` to `to`, which are newer than all before, at the end. */
export function joinLine(line: Line, from: number, to: number): void {
  const { fresh } = line;
  if (fresh.length > line.at && fresh.at(-1) === from - 1) fresh[fresh.length - 1] = to;
  else fresh.push(from, to);
}

/** The task to start next; 0 where none waits. */
export function firstInLine(line: Line, table: TaskTable): number {
  while (line.again.length > 0 && stateOf(table, line.again[0]!) !== "waiting") popHeap(line.again);
  if (line.again.length > 0) return line.again[0]!;
  const { fresh } = line;
  while (line.at < fresh.length) {
    const task = fresh[line.at]!;
    if (stateOf(table, task) === "waiting") return task;
    pass(line);
  }
  return 0;
}

/** Takes the task that `firstInLine` has just given out of the line. */
export function leaveLine(line: Line): void {
  if (line.again.length > 0) popHeap(line.again);
  else pass(line);
}

const RUNS_PAST_MAX = 1024;

/** Goes on to the next fresh task. */
function pass(line: Line): void {
  const { fresh, at } = line;
  if (fresh[at]! < fresh[at + 1]!) {
    fresh[at] = fresh[at]! + 1;
    return;
  }
  line.at += 2;
  if (line.at === fresh.length || line.at >= RUNS_PAST_MAX) {
    fresh.splice(0, line.at);
    line.at = 0;
  }
}
