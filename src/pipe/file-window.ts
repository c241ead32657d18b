import { closeSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";

/** A file of which a few places are read. */
export interface FileWindow {
  /** The size of the file when it was opened. */
  readonly bytes: number;
  /** file[from, to), shorter where the file has shrunk. */
  read(from: number, to: number): Buffer;
  close(): void;
}

export function createFileWindow(path: ByteString, bytes: number): FileWindow {
  const fd = openSync(bufferOf(path), "r");
  return {
    bytes,
    read(from, to) {
      const data = Buffer.allocUnsafe(Math.max(0, Math.min(to, bytes) - from));
      let length = 0;
      while (length < data.length) {
        const got = readSync(fd, data, length, data.length - length, from + length);
        if (got === 0) break;
        length += got;
      }
      return data.subarray(0, length);
    },
    close: () => closeSync(fd),
  };
}
