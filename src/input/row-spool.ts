import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import type { Row } from "../interface/task.ts";
import { cutter } from "./cut.ts";

/** A queue of rows that holds little in memory: what is over the bound waits in a file without a name. */
export interface RowSpool {
  push(rows: readonly Row[]): void;
  /** The oldest rows, at most `max`; none where it is empty. */
  read(max: number): Row[];
  close(): void;
}

/** What a row costs in memory besides its bytes, roughly. */
const rowBytes = 64;

export function rowSpool(directory: ByteString, memoryBytesMax: number = 4 << 20): RowSpool {
  // The rows in memory are older than those in the file: while the file has any, new ones go to its end.
  let memory: Row[] = [];
  let head = 0;
  let memoryBytes = 0;
  let file: number | undefined;
  let readAt = 0;
  let writeAt = 0;
  return {
    push(rows) {
      if (readAt === writeAt && memoryBytes < memoryBytesMax) {
        for (const row of rows) memory.push(row);
        memoryBytes += sizeOf(rows);
        return;
      }
      file ??= openNameless(directory);
      writeAt += writeBatch(file, rows, writeAt);
    },
    read(max) {
      if (head === memory.length) {
        memory = [];
        head = 0;
        memoryBytes = 0;
      }
      if (memory.length === 0 && readAt < writeAt) {
        const batch = readBatch(file!, readAt);
        memory = batch.rows;
        readAt = batch.end;
        memoryBytes = sizeOf(memory);
      }
      const rows = memory.slice(head, head + max);
      head += rows.length;
      return rows;
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
      readAt = writeAt;
    },
  };
}

function sizeOf(rows: readonly Row[]): number {
  let bytes = rows.length * rowBytes;
  for (const row of rows) for (const value of row) bytes += value.length;
  return bytes;
}

function openNameless(directory: ByteString): number {
  const path = bufferOf(`${directory}/yonder-${process.pid}-${Math.random().toString(36).slice(2)}.rows`);
  const fd = openSync(path, "wx+", 0o600);
  unlinkSync(path);
  return fd;
}

/**
 * Four bytes with the length, then for each row the number of its values and the values, a NUL after each of them: no
 * value holds a NUL. (JSON would fill the table of internal strings with the values.)
 */
function writeBatch(fd: number, rows: readonly Row[], position: number): number {
  const body = Buffer.from(rows.map((row) => `${row.length}\0${row.join("\0")}\0`).join(""), "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  const batch = Buffer.concat([length, body]);
  let written = 0;
  while (written < batch.length) {
    written += writeSync(fd, batch, written, batch.length - written, position + written);
  }
  return batch.length;
}

function readBatch(fd: number, position: number): { rows: Row[]; end: number } {
  const length = readExactly(fd, 4, position).readUInt32LE();
  const values = cutter("\0").push(readExactly(fd, length, position + 4));
  const rows: Row[] = [];
  for (let at = 0; at < values.length; ) {
    const width = Number(values[at]);
    rows.push(values.slice(at + 1, at + 1 + width));
    at += 1 + width;
  }
  return { rows, end: position + 4 + length };
}

function readExactly(fd: number, length: number, position: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, buffer, filled, length - filled, position + filled);
    if (count === 0) throw new Error("a spool file ended early");
    filled += count;
  }
  return buffer;
}
