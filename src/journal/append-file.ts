import { closeSync, ftruncateSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";

/** A file that only grows. What is appended waits in memory for the next flush, which is one write. */
export interface AppendFile {
  /** The size that the file will have after a flush. */
  readonly sizeBytes: number;
  append(bytes: ByteString | Buffer): void;
  /** @throws what the file system says */
  flush(): void;
  close(): void;
}

/** @param keepBytes of a file of lines: what is behind this offset is cut off, half a line that a crash has left */
export function appendFile(path: string, keepBytes?: number): AppendFile {
  let fd: number | undefined;
  let waiting: (ByteString | Buffer)[] = [];
  let sizeBytes = keepBytes ?? statSync(path, { throwIfNoEntry: false })?.size ?? 0;

  const open = (): number => {
    const opened = openSync(path, "a+", 0o600);
    if (keepBytes === undefined) return opened;
    ftruncateSync(opened, keepBytes);
    const last = Buffer.alloc(1, "\n");
    if (keepBytes > 0) readSync(opened, last, 0, 1, keepBytes - 1);
    // A line whose end is damaged stays a line.
    if (last.toString() !== "\n") writeSync(opened, "\n");
    return opened;
  };
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    append(bytes) {
      waiting.push(bytes);
      sizeBytes += bytes.length;
    },
    flush() {
      if (waiting.length === 0) return;
      const batch = joined(waiting);
      waiting = [];
      fd ??= open();
      for (let written = 0; written < batch.length; ) written += writeSync(fd, batch, written);
    },
    close() {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

function joined(parts: readonly (ByteString | Buffer)[]): Buffer {
  if (parts.every((part) => typeof part === "string")) return bufferOf(parts.join(""));
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? bufferOf(part) : part)));
}
