import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ByteString } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { isBeginning } from "../seal/line.ts";
import { JOB_FILES } from "./places.ts";
import { decodeRecord, type JournalRecord } from "./records.ts";
import { isSealed } from "./request.ts";

const CHUNK_BYTES = 1 << 18;

/**
 * Calls `visit` for each record, in order; memory does not grow with the journal. A line that is not what was written is a
 * `damaged` record. What a crash has left of a line, at the end, was never acted on, and is passed over.
 *
 * @param from a byte offset where a line begins; a reader that follows a live job goes on where it stopped
 * @returns the offset behind the last line
 */
export function scanJournal(
  directory: string,
  visit: (record: JournalRecord, offset: number) => void,
  from = 0,
): number {
  const path = join(directory, JOB_FILES.journal);
  const mayLack = !isSealed(directory);
  let linesBefore = from === 0 ? 0 : undefined;
  let line = 0;
  return scanLines(
    path,
    (text, offset) => {
      line++;
      if (text === "") return "next";
      const record = decodeRecord(text, mayLack);
      if (record === undefined) linesBefore ??= linesUpTo(path, from);
      visit(record ?? { type: "damaged", line: linesBefore! + line }, offset);
      return "next";
    },
    from,
  );
}

function linesUpTo(path: string, end: number): number {
  let count = 0;
  scanLines(path, (_, offset) => (offset < end && ++count ? "next" : "stop"), 0);
  return count;
}

/** The record that begins at this offset, as a scan has seen it. */
export function readRecord(directory: string, offset: number): JournalRecord | undefined {
  let found: JournalRecord | undefined;
  scanLines(
    join(directory, JOB_FILES.journal),
    (line) => {
      found = decodeRecord(line, true);
      return "stop";
    },
    offset,
  );
  return found;
}

/** Undefined where there is no record yet. */
function openJournal(path: string): number | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  try {
    if (!stat.isFile()) throw new Error("it is no file");
    return openSync(path, "r");
  } catch (error) {
    throw new YonderError("JOURNAL", {
      message: `${path} cannot be read: ${(error as Error).message}`,
      remedy: "make it a file that you may read",
      exitCode: 1,
    });
  }
}

function scanLines(
  path: string,
  visit: (line: ByteString, offset: number) => "stop" | "next",
  from: number,
): number {
  const fd = openJournal(path);
  if (fd === undefined) return from;
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let rest = "";
    let lineStart = from;
    for (let position = from; ; ) {
      const count = readSync(fd, chunk, 0, chunk.length, position);
      if (count === 0) {
        if (isBeginning(rest)) return lineStart;
        visit(rest, lineStart); // its end is damaged
        return lineStart + rest.length;
      }
      position += count;
      const text = rest + chunk.toString("latin1", 0, count);
      let start = 0;
      for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
        const stop = visit(text.slice(start, end), lineStart) === "stop";
        lineStart += end + 1 - start;
        start = end + 1;
        if (stop) return lineStart;
      }
      rest = text.slice(start);
    }
  } finally {
    closeSync(fd);
  }
}
