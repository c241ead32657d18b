import { readSync } from "node:fs";
import { type ByteString, bytesOf } from "../bytes/bytes.ts";
import type { TableFormat } from "./results.ts";

/** A whole row of a table, in bytes of its file. */
export interface TableRow {
  /** Undefined for the header, and for what we have not written. */
  readonly seq: number | undefined;
  readonly from: number;
  readonly to: number;
}

const CHUNK_BYTES = 64 * 1024;
const QUOTE = 0x22;
const NEWLINE = 0x0a;
/** As long as what comes before a row's number, and the number. */
const BEGINNING_BYTES = 32;
const NUMBER: Readonly<Record<TableFormat, RegExp>> = {
  csv: /^(\d+),/,
  tsv: /^(\d+)\t/,
  json: /^\{ "Seq": (\d+),/,
};

/**
 * The rows between two places in a file, where a row begins at the first. What follows the last whole row is none.
 *
 * A newline within quotes ends no row. JSON has none there, but may have an escaped quote.
 */
export function* tableRows(
  fd: number,
  format: TableFormat,
  start = 0,
  end: number = Number.POSITIVE_INFINITY,
): Generator<TableRow, void, undefined> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const hasQuotes = format !== "json";
  let from = start;
  let beginning = "";
  let isQuoted = false;
  for (let position = start; position < end; ) {
    const count = readSync(fd, chunk, 0, Math.min(CHUNK_BYTES, end - position), position);
    if (count === 0) return;
    let rowAt = 0;
    for (let at = 0; at < count; at++) {
      if (chunk[at] === QUOTE) isQuoted = hasQuotes && !isQuoted;
      if (chunk[at] !== NEWLINE || isQuoted) continue;
      const to = position + at + 1;
      const seq = NUMBER[format].exec(beginning + beginningOf(chunk, rowAt, at))?.[1];
      yield { seq: seq === undefined ? undefined : Number(seq), from, to };
      from = to;
      rowAt = at + 1;
      beginning = "";
    }
    if (beginning.length < BEGINNING_BYTES) beginning += beginningOf(chunk, rowAt, count);
    position += count;
  }
}

function beginningOf(chunk: Buffer, from: number, to: number): ByteString {
  return bytesOf(chunk.subarray(from, Math.min(to, from + BEGINNING_BYTES)));
}
