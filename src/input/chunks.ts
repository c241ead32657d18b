import {
  accessSync,
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  open,
  openSync,
  readSync,
  statSync,
} from "node:fs";
import { type ByteString, bufferOf, decodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { MaybePromise } from "./maybe-promise.ts";

/** Bytes in the order in which they arrive. */
export interface ChunkSource {
  /** At once from a regular file, later from a pipe; undefined at the end. A chunk is valid until the next call. */
  next(): MaybePromise<Buffer | undefined>;
  /** Safe to repeat. */
  close(): void;
}

/** A Readable, or a plain generator. What has `destroy` can be closed while somebody waits for its next chunk. */
export interface ByteStream extends AsyncIterable<Buffer> {
  destroy?(): unknown;
}

const chunkBytes = 64 * 1024;

/** Opens a file of arguments; a missing or unreadable one throws here, before anything runs. */
export function fileChunks(path: ByteString): ChunkSource {
  const place = bufferOf(path);
  try {
    const stat = statSync(place);
    if (stat.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    if (stat.isFile()) return regularFileChunks(openSync(place, "r"));
    accessSync(place, constants.R_OK);
  } catch (cause) {
    throw cannotOpen(path, cause);
  }
  return pipeChunks(path);
}

export function streamChunks(open: () => ByteStream | Promise<ByteStream>): ChunkSource {
  let stream: ByteStream | undefined;
  let iterator: AsyncIterator<Buffer> | undefined;
  let closed = false;
  const read = async (): Promise<Buffer | undefined> => {
    stream ??= await open();
    // Closed while the opening was under way.
    if (closed) stream.destroy?.();
    iterator ??= stream[Symbol.asyncIterator]();
    const result = await iterator.next();
    return result.done === true ? undefined : result.value;
  };
  return {
    async next() {
      if (closed) return undefined;
      try {
        return await read();
      } catch (error) {
        // A stream that is closed while somebody waits for it says that it ended too early.
        if (closed) return undefined;
        throw error;
      }
    },
    close() {
      if (closed) return;
      closed = true;
      if (stream?.destroy !== undefined) stream.destroy();
      else iterator?.return?.()?.then(undefined, () => {});
    },
  };
}

/** Blocking reads: a regular file answers at once, and a promise a chunk would be slower. */
function regularFileChunks(fd: number): ChunkSource {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let open = true;
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  return {
    next() {
      const length = open ? readSync(fd, buffer, 0, chunkBytes, null) : 0;
      if (length === 0) close();
      return length === 0 ? undefined : buffer.subarray(0, length);
    },
    close,
  };
}

/**
 * A FIFO, a terminal or another device. Opening a FIFO waits for its writer, so that it is opened only when its turn
 * comes, and not in this thread. A socket of node:net reads it without holding one of the few threads for files.
 */
function pipeChunks(path: ByteString): ChunkSource {
  return streamChunks(async () => {
    const fd = await openAsync(path);
    if (!fstatSync(fd).isFIFO()) return createReadStream("", { fd, highWaterMark: chunkBytes });
    const { Socket } = process.getBuiltinModule("node:net");
    return new Socket({ fd, readable: true, writable: false });
  });
}

function openAsync(path: ByteString): Promise<number> {
  return new Promise((resolve, reject) => {
    open(bufferOf(path), "r", (error, fd) => {
      if (error) reject(cannotOpen(path, error));
      else resolve(fd);
    });
  });
}

/** GNU parallel's words, as scripts may look for them. */
function cannotOpen(path: ByteString, cause: unknown): YonderError {
  const code = String((cause as NodeJS.ErrnoException).code);
  const reason = reasons[code] ?? code;
  return new YonderError("INPUT", {
    message: `Cannot open input file \`${decodeText(path)}': ${reason}.`,
    cause,
  });
}

const reasons: { readonly [code: string]: string | undefined } = {
  ENOENT: "No such file or directory",
  EACCES: "Permission denied",
  EISDIR: "Is a directory",
  ENOTDIR: "Not a directory",
  ELOOP: "Too many levels of symbolic links",
  EMFILE: "Too many open files",
  ENAMETOOLONG: "File name too long",
};
