import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { ByteString } from "../bytes/bytes.ts";
import { JOB_FILES } from "./places.ts";
import { decodeRecord, type JournalRecord } from "./records.ts";

const CHUNK_BYTES = 1 << 18;

/**
 * Calls `visit` for each record, in order; memory does not grow with the journal. A line that a crash has torn, or that
 * is no record of ours, is passed over.
 *
 * @param from a byte offset where a line begins; a reader that follows a live job goes on where it stopped
 * @returns the offset behind the last whole line
 */
export function scanJournal(
  directory: string,
  visit: (record: JournalRecord, offset: number) => void,
  from = 0,
): number {
  return scanLines(
    join(directory, JOB_FILES.journal),
    (line, offset) => {
      const record = decodeRecord(line);
      if (record !== undefined) visit(record, offset);
      return "next";
    },
    from,
  );
}

/** The record that begins at this offset. */
export function readRecord(directory: string, offset: number): JournalRecord | undefined {
  let found: JournalRecord | undefined;
  scanLines(
    join(directory, JOB_FILES.journal),
    (line) => {
      found = decodeRecord(line);
      return "stop";
    },
    offset,
  );
  return found;
}

function scanLines(
  path: string,
  visit: (line: ByteString, offset: number) => "stop" | "next",
  from: number,
): number {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return from; // no record yet
  }
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let rest = "";
    let lineStart = from;
    for (let position = from; ; ) {
      const count = readSync(fd, chunk, 0, chunk.length, position);
      if (count === 0) return lineStart;
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
