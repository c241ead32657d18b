import { codeOf, isEnded, TASK_STATES, type TaskState } from "./transitions.ts";

/**
 * The state, the number of attempts and the class of every task, at 2 bytes a task (4 where there are classes) between the oldest task that has not ended and the
 * newest that was touched.
 *
 * Cut into segments of SEGMENT_TASKS. A segment comes into being when one of its tasks first changes, and is dropped when
 * all its tasks have ended: tasks that still wait at the far end cost nothing, nor do those long past.
 */
export interface TaskTable {
  /** undefined: all waiting. null: all ended. */
  readonly segments: (Segment | null | undefined)[];
  /** Attempts of the few tasks that have more than a byte can count. */
  readonly manyAttempts: Map<number, number>;
}

interface Segment {
  readonly states: Uint8Array;
  readonly attempts: Uint8Array;
  /** Classes of its tasks; none where all are of class 0. */
  classes: Uint16Array | undefined;
  /** How many of its tasks have not ended. */
  open: number;
}

/** A state that a reader can get: `forgotten` is an ended task whose segment is gone. */
export type KnownState = TaskState | "forgotten";

const SEGMENT_BITS = 14;
export const SEGMENT_TASKS: number = 1 << SEGMENT_BITS;
const IN_SEGMENT = SEGMENT_TASKS - 1;
const ATTEMPTS_IN_BYTE_MAX = 254;
const COUNTED_ELSEWHERE = 255;

export function createTaskTable(): TaskTable {
  return { segments: [], manyAttempts: new Map() };
}

export function stateOf(table: TaskTable, task: number): KnownState {
  const segment = table.segments[task >>> SEGMENT_BITS];
  if (segment === undefined) return "waiting";
  if (segment === null) return "forgotten";
  return TASK_STATES[segment.states[task & IN_SEGMENT]!]!;
}

export function setState(table: TaskTable, task: number, state: TaskState): void {
  const segment = segmentFor(table, task);
  const code = codeOf(state);
  segment.states[task & IN_SEGMENT] = code;
  if (isEnded(code) && --segment.open === 0) drop(table, task);
}

export function attemptsOf(table: TaskTable, task: number): number {
  const count = table.segments[task >>> SEGMENT_BITS]?.attempts[task & IN_SEGMENT] ?? 0;
  return count === COUNTED_ELSEWHERE ? table.manyAttempts.get(task)! : count;
}

export function setAttempts(table: TaskTable, task: number, count: number): void {
  const { attempts } = segmentFor(table, task);
  if (count <= ATTEMPTS_IN_BYTE_MAX) {
    attempts[task & IN_SEGMENT] = count;
    table.manyAttempts.delete(task);
  } else {
    attempts[task & IN_SEGMENT] = COUNTED_ELSEWHERE;
    table.manyAttempts.set(task, count);
  }
}

/** 0 for a task that is forgotten. */
export function classOf(table: TaskTable, task: number): number {
  return table.segments[task >>> SEGMENT_BITS]?.classes?.[task & IN_SEGMENT] ?? 0;
}

/**
 * Does nothing for a task that is forgotten: it was resumed before it was added.
 * @param classNumber at most 65,535
 */
export function setClass(table: TaskTable, task: number, classNumber: number): void {
  if (table.segments[task >>> SEGMENT_BITS] === null) return;
  const segment = segmentFor(table, task);
  segment.classes ??= new Uint16Array(SEGMENT_TASKS);
  segment.classes[task & IN_SEGMENT] = classNumber;
}

/** Bytes held for tasks. */
export function tableBytes(table: TaskTable): number {
  let bytes = table.segments.length * 8;
  for (const segment of table.segments) {
    if (segment) bytes += (segment.classes ? 4 : 2) * SEGMENT_TASKS;
  }
  return bytes;
}

function segmentFor(table: TaskTable, task: number): Segment {
  const index = task >>> SEGMENT_BITS;
  const segment = table.segments[index];
  if (segment) return segment;
  // Without holes, the array stays a fast one.
  while (table.segments.length < index) table.segments.push(undefined);
  // Task numbers begin with 1: segment 0 has one task less.
  const open = index === 0 ? SEGMENT_TASKS - 1 : SEGMENT_TASKS;
  const created = {
    states: new Uint8Array(SEGMENT_TASKS),
    attempts: new Uint8Array(SEGMENT_TASKS),
    classes: undefined,
    open,
  };
  table.segments[index] = created;
  return created;
}

function drop(table: TaskTable, task: number): void {
  const index = task >>> SEGMENT_BITS;
  table.segments[index] = null;
  if (table.manyAttempts.size === 0) return;
  for (const other of table.manyAttempts.keys()) {
    if (other >>> SEGMENT_BITS === index) table.manyAttempts.delete(other);
  }
}
