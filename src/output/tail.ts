import { closeSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import { sizeOf } from "./places.ts";

/** Follows a file that grows, by whole lines. A carriage return ends one, too, so that progress bars move. */
export interface Tail {
  /** The part of the file that has whole lines and has not been given yet; undefined where there is none. */
  next(): { readonly from: number; readonly to: number } | undefined;
  /** What has been given so far ends here. */
  readonly given: number;
}

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

export function openTail(path: ByteString): Tail {
  let given = 0;
  // Invariant: given <= seen, and there is no end of a line between the two.
  let seen = 0;

  return {
    next: () => {
      const size = sizeOf(path);
      if (size <= seen) return undefined;
      const end = lastLineEnd(path, seen, size);
      seen = size;
      if (end === undefined) return undefined;
      const part = { from: given, to: end };
      given = end;
      return part;
    },
    get given() {
      return given;
    },
  };
}

/** Where the last whole line between the two ends. Read from the back, since lines are mostly short. */
function lastLineEnd(path: ByteString, from: number, to: number): number | undefined {
  const fd = openSync(bufferOf(path), "r");
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, to - from));
  try {
    for (let end = to; end > from; ) {
      const start = Math.max(from, end - chunk.length);
      const count = readSync(fd, chunk, 0, end - start, start);
      const read = chunk.subarray(0, count);
      const at = Math.max(read.lastIndexOf(NEWLINE), read.lastIndexOf(RETURN));
      if (at !== -1) return start + at + 1;
      end = start;
    }
    return undefined;
  } finally {
    closeSync(fd);
  }
}
