import { writeSync } from "node:fs";
import { YonderError } from "./interface/errors.ts";

const RETRY_MS = 5;
const NAMES = { 1: "standard output", 2: "standard error" } as const;

/**
 * Writes results before it returns; waits for a slow reader, so that the log of a large job is never held in memory.
 * @throws EPIPE when nobody reads; YonderError OUTPUT when it cannot be written
 */
export function writeResults(fd: 1 | 2, content: string | Uint8Array): void {
  try {
    writeAll(fd, content);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "EPIPE") throw cause;
    throw new YonderError("OUTPUT", {
      message: `cannot write to ${NAMES[fd]}: ${message}`,
      remedy: "make room, or send it to another place",
      cause,
    });
  }
}

/** Says something to the person, on standard error. Where that is full or gone nobody is told, and work goes on. */
export function tell(content: string | Uint8Array): void {
  try {
    writeAll(2, content);
  } catch {
    // There is no other place to say it.
  }
}

function writeAll(fd: number, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      // Another process may have made a shared pipe non-blocking.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
