import { closeSync, ftruncateSync, openSync, statSync, writeSync } from "node:fs";
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

/** @param keepBytes what is behind this offset is cut off: half a record that a crash has left */
export function appendFile(path: string, keepBytes?: number): AppendFile {
  let fd: number | undefined;
  let waiting: (ByteString | Buffer)[] = [];
  let sizeBytes = keepBytes ?? statSync(path, { throwIfNoEntry: false })?.size ?? 0;

  const open = (): number => {
    const opened = openSync(path, "a", 0o600);
    if (keepBytes !== undefined) ftruncateSync(opened, keepBytes);
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
