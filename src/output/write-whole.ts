import { write, writeSync } from "node:fs";

const RETRY_DELAY_MS_MAX = 50;

/** Writes the first `size` bytes before it returns: for descriptors that cannot make a writer wait. */
export function writeWholeNow(fd: number, bytes: Buffer, size: number): void {
  for (let offset = 0; offset < size; ) offset += writeSync(fd, bytes, offset, size - offset);
}

/** Writes the first `size` bytes in the thread pool: a reader that has stopped does not stop the event loop. */
export function writeWholeInPool(
  fd: number,
  bytes: Buffer,
  size: number,
  done: (error: NodeJS.ErrnoException | undefined) => void,
): void {
  writeFrom(0, 1);

  function writeFrom(from: number, retryDelayMs: number): void {
    write(fd, bytes, from, size - from, null, (error, count) => {
      if (error?.code === "EAGAIN") {
        // Somebody has made the descriptor non-blocking, and it is full.
        setTimeout(writeFrom, retryDelayMs, from, Math.min(retryDelayMs * 2, RETRY_DELAY_MS_MAX));
      } else if (error || from + count >= size) done(error ?? undefined);
      else writeFrom(from + count, 1);
    });
  }
}
