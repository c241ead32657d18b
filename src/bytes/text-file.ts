import { closeSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf } from "./bytes.ts";

const CHUNK_BYTES = 64 * 1024;

/** Whether all of a file is UTF-8; in memory is only a part of it. */
export function isTextFile(path: ByteString): boolean {
  const fd = openSync(bufferOf(path), "r");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  try {
    for (let count: number; (count = readSync(fd, chunk)) > 0; ) {
      decoder.decode(chunk.subarray(0, count), { stream: true });
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  } finally {
    closeSync(fd);
  }
}
