import { type ByteString, bufferOf, decodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { checkedFile } from "../seal/checked-file.ts";
import type { ByteStream } from "./chunks.ts";

/**
 * Passes bytes on and writes them to a file, so that a job that read them from a pipe can be resumed. Whatever was
 * passed on is in the file first (though not yet synced), with its checksum beside it. Throws a YonderError (JOURNAL) where
 * it cannot be written.
 *
 * @param onEnd the source has ended, and so many bytes of it are in the file: all
 */
export function tee(source: ByteStream, path: ByteString, onEnd: (bytes: number) => void): ByteStream {
  return {
    [Symbol.asyncIterator]: () => copied(source, path, onEnd),
    destroy: () => source.destroy?.(),
  };
}

/** One chunk is read ahead: of a short input the end is known at once, not only when its last task is wanted. */
async function* copied(
  source: ByteStream,
  path: ByteString,
  onEnd: (bytes: number) => void,
): AsyncGenerator<Buffer, void> {
  const file = guarded(path, () => checkedFile(bufferOf(path)));
  const chunks = source[Symbol.asyncIterator]();
  let isOpen = true;
  let bytes = 0;
  const read = async (): Promise<IteratorResult<Buffer, unknown>> => {
    const result = await chunks.next();
    if (!isOpen) return result;
    if (result.done === true) onEnd(bytes);
    else {
      guarded(path, () => file.append(result.value));
      bytes += result.value.length;
    }
    return result;
  };
  try {
    let next = read();
    for (;;) {
      const result = await next;
      if (result.done === true) return;
      next = read();
      next.catch(() => {}); // for whoever takes it
      yield result.value;
    }
  } finally {
    isOpen = false;
    file.close();
    // It may be waiting for a chunk that nobody wants any more.
    void chunks.return?.()?.then(undefined, () => {});
  }
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
