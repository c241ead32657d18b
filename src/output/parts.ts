import { closeSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf, bytesOf } from "../bytes/bytes.ts";

/** Bytes that are on their way out; taken a buffer at a time. */
export interface Part {
  /** Copies the next bytes to `at`; `done` where none is left. */
  fill(buffer: Buffer, at: number): Filled;
  /** Nobody will ask for the rest. */
  drop(): void;
}

export interface Filled {
  readonly count: number;
  readonly done: boolean;
}

/** Changes the bytes of one file on their way out; `last` is true with the last (possibly empty) chunk. */
export type Transform = (chunk: ByteString, last: boolean) => ByteString;

export interface FileRange {
  readonly from?: number;
  /** Where to stop; the file's end where it is not given. */
  readonly to?: number;
  readonly transform?: Transform | undefined;
}

export function bytesPart(bytes: ByteString): Part {
  const source = bufferOf(bytes);
  let offset = 0;
  return {
    fill: (buffer, at) => {
      const count = source.copy(buffer, at, offset);
      offset += count;
      return { count, done: offset === source.length };
    },
    drop: () => {},
  };
}

/** Part of a file, opened when its turn comes. One that does not exist is empty: its attempt never began. */
export function filePart(path: ByteString, range: FileRange): Part {
  const { to = Number.POSITIVE_INFINITY, transform } = range;
  let offset = range.from ?? 0;
  let fd: number | undefined;
  let isRead = false;
  // Transformed bytes that found no room yet.
  let pending: Buffer | undefined;

  return {
    fill: (buffer, at) => {
      if (pending !== undefined) return fillFromPending(buffer, at);
      if (isRead) return { count: 0, done: true };
      fd ??= openIfExists(path);
      if (fd === undefined) isRead = true;
      const count = fd === undefined ? 0 : read(fd, buffer, at);
      if (transform === undefined) return { count, done: isRead };
      pending = bufferOf(transform(bytesOf(buffer.subarray(at, at + count)), isRead));
      return fillFromPending(buffer, at);
    },
    drop: close,
  };

  function read(source: number, buffer: Buffer, at: number): number {
    const room = Math.min(buffer.length - at, to - offset);
    const count = readSync(source, buffer, at, room, offset);
    offset += count;
    // A regular file gives less than was asked for only at its end.
    if (count < room || offset === to) close();
    return count;
  }

  function fillFromPending(buffer: Buffer, at: number): Filled {
    const count = pending!.copy(buffer, at);
    pending = count === pending!.length ? undefined : pending!.subarray(count);
    return { count, done: isRead && pending === undefined };
  }

  function close(): void {
    isRead = true;
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  }
}

function openIfExists(path: ByteString): number | undefined {
  try {
    return openSync(bufferOf(path), "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
