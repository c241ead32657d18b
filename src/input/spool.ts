import { closeSync, openSync, writeSync } from "node:fs";
import { type ByteString, bufferOf, decodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { ByteStream } from "./chunks.ts";

/**
 * Passes bytes on and writes them to a file, so that a job that read them from a pipe can be resumed. Whatever was
 * passed on is in the file first (though not yet synced). The file is appended to. Throws a YonderError (JOURNAL) where
 * it cannot be written.
 */
export function tee(source: ByteStream, path: ByteString): ByteStream {
  return { [Symbol.asyncIterator]: () => copied(source, path), destroy: () => source.destroy?.() };
}

async function* copied(source: ByteStream, path: ByteString): AsyncGenerator<Buffer> {
  const fd = guarded(path, () => openSync(bufferOf(path), "a", 0o600));
  try {
    for await (const chunk of source) {
      guarded(path, () => writeAll(fd, chunk));
      yield chunk;
    }
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, chunk: Buffer): void {
  for (let written = 0; written < chunk.length; ) written += writeSync(fd, chunk, written);
}

function guarded<T>(path: ByteString, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new YonderError("JOURNAL", {
      message: `Cannot keep standard input in ${decodeText(path)}: ${(cause as Error).message}.`,
      remedy: "Make room there, or run without a journal.",
      cause,
    });
  }
}
