import {
  chmodSync,
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { type ByteString, bufferOf, bytesOf } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { type TaskSet, taskSet } from "../journal/task-set.ts";
import { removeFile } from "./places.ts";
import type { TableFormat } from "./results.ts";
import { type TableRow, tableRows } from "./table-rows.ts";

/** The file of a table, to whose end rows are written. */
export interface TableFile {
  readonly fd: number;
  /** It has its first line. */
  readonly hasHeader: boolean;
  /** An earlier driver of the job has written the task's row. */
  has(seq: number): boolean;
  /** No more rows come. */
  close(): void;
}

export interface EarlierTable {
  /** The task has its outcome, and so its row may stay. */
  isDone(seq: number): boolean;
  /** Rows are in the order of the input. */
  readonly keepOrder: boolean;
}

/**
 * Opens the file of a new table; with `earlier`, of one that is gone on with. Its whole rows stay, but for those of tasks
 * that run again, and a torn one is cut off. So after any number of drivers it has one row for each task, as after one.
 *
 * The file itself says which rows it has: nothing else is as sure after a crash.
 */
export function openTableFile(
  path: ByteString,
  format: TableFormat,
  earlier: EarlierTable | undefined,
): TableFile {
  const there = earlier && isRegular(path) ? written(path, () => goOn(path, format, earlier)) : undefined;
  const fd = written(path, () => openSync(bufferOf(path), there === undefined ? "w" : "a"));
  return {
    fd,
    hasHeader: there?.hasHeader ?? false,
    has: (seq) => there?.rows.has(seq) ?? false,
    close() {
      closeSync(fd);
      // What runs again with --failed has its row behind those that have stayed.
      if (earlier?.keepOrder && there !== undefined) written(path, () => putInOrder(path, format));
    },
  };
}

function written<T>(path: ByteString, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new YonderError("OUTPUT", {
      message: `Cannot write to --results ${path}.`,
      remedy: `give a file that can be written: ${(cause as Error).message}`,
      cause,
    });
  }
}

function isRegular(path: ByteString): boolean {
  return statSync(bufferOf(path), { throwIfNoEntry: false })?.isFile() ?? false;
}

function goOn(
  path: ByteString,
  format: TableFormat,
  { isDone }: EarlierTable,
): { readonly rows: TaskSet; readonly hasHeader: boolean } {
  const fd = openSync(bufferOf(path), "r+");
  try {
    const rows = taskSet();
    let wholeBytes = 0;
    let hasOthers = false;
    const mayStay = ({ seq }: TableRow): boolean => seq === undefined || isDone(seq);
    for (const row of tableRows(fd, format)) {
      if (!mayStay(row)) hasOthers = true;
      else if (row.seq !== undefined) rows.add(row.seq);
      wholeBytes = row.to;
    }
    if (hasOthers) rewrite(path, fd, filtered(tableRows(fd, format), mayStay));
    else if (wholeBytes < fstatSync(fd).size) ftruncateSync(fd, wholeBytes);
    return { rows, hasHeader: wholeBytes > 0 };
  } finally {
    closeSync(fd);
  }
}

function* filtered(rows: Iterable<TableRow>, mayStay: (row: TableRow) => boolean): Iterable<TableRow> {
  for (const row of rows) if (mayStay(row)) yield row;
}

/** Rows that drivers have written one behind the other are in order: the file has a few ordered runs, to be merged. */
function putInOrder(path: ByteString, format: TableFormat): void {
  const fd = openSync(bufferOf(path), "r");
  try {
    const runs = [0];
    let [last, end] = [0, 0];
    for (const { seq = 0, from, to } of tableRows(fd, format)) {
      if (seq < last) runs.push(from);
      last = seq;
      end = to;
    }
    if (runs.length === 1 || end < fstatSync(fd).size) return;
    const parts = runs.map((from, index) => tableRows(fd, format, from, runs[index + 1] ?? end));
    rewrite(path, fd, merged(parts));
  } finally {
    closeSync(fd);
  }
}

function* merged(parts: readonly Iterator<TableRow>[]): Iterable<TableRow> {
  const heads = parts.map((rows) => ({ rows, row: next(rows) }));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.row !== undefined && (first === undefined || numberOf(head.row) < numberOf(first.row!)))
        first = head;
    }
    if (first === undefined) return;
    yield first.row!;
    first.row = next(first.rows);
  }
}

/** The header comes first. */
function numberOf({ seq = 0 }: TableRow): number {
  return seq;
}

function next(rows: Iterator<TableRow>): TableRow | undefined {
  const { done, value } = rows.next();
  return done ? undefined : value;
}

/** Replaces the file by these rows of it, at once. */
function rewrite(path: ByteString, source: number, rows: Iterable<TableRow>): void {
  // A link stays one.
  const target = bytesOf(realpathSync(bufferOf(path), "buffer"));
  const slash = target.lastIndexOf("/") + 1;
  const temporary = `${target.slice(0, slash)}.yonder-${process.pid}-${target.slice(slash, slash + 200)}`;
  const fd = openSync(bufferOf(temporary), "w");
  try {
    for (const { from, to } of joined(rows)) copy(source, fd, from, to);
    chmodSync(bufferOf(temporary), fstatSync(source).mode);
    renameSync(bufferOf(temporary), bufferOf(target));
  } finally {
    closeSync(fd);
    removeFile(temporary);
  }
}

/** Rows that follow one another, as one. */
function* joined(rows: Iterable<TableRow>): Iterable<{ readonly from: number; readonly to: number }> {
  let [from, to] = [0, 0];
  for (const row of rows) {
    if (row.from !== to) {
      if (to > from) yield { from, to };
      from = row.from;
    }
    to = row.to;
  }
  if (to > from) yield { from, to };
}

function copy(source: number, target: number, from: number, to: number): void {
  const chunk = Buffer.allocUnsafe(Math.min(to - from, 256 * 1024));
  for (let position = from; position < to; ) {
    const count = readSync(source, chunk, 0, Math.min(chunk.length, to - position), position);
    if (count === 0) throw new Error("the table has become shorter");
    for (let at = 0; at < count; ) at += writeSync(target, chunk, at, count - at);
    position += count;
  }
}
