import { closeSync, constants, fstatSync, openSync, read as readFile } from "node:fs";
import { YonderError } from "../interface/errors.ts";

/** Bytes that come. */
export interface Source {
  /** Fills some of `into` (at least one byte); 0 at the end. One call at a time; `into` must stay until it is done. */
  read(into: Buffer): Promise<number>;
  /** Stops reading: nothing of the process waits for the source any more, and a read that waits gets 0. */
  close(): void;
}

/**
 * A source for an open file descriptor.
 *
 * A read that waits in a thread keeps the process from ending, so only files are read that way; pipes, sockets and
 * terminals are read when the kernel says that there is something.
 */
export async function openSource(fd: number): Promise<Source> {
  const stat = fstatSync(fd);
  if (stat.isFIFO() || stat.isSocket()) return socketSource(stat.isFIFO() ? reopened(fd) : fd);
  const { isatty } = await import("node:tty");
  return isatty(fd) ? terminalSource(fd) : fileSource(fd);
}

/** Node makes descriptors non-blocking for every process that shares them; a new open of the same pipe is ours alone. */
function reopened(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}

function readError(cause: Error): YonderError {
  return new YonderError("INPUT", {
    message: `cannot read the input: ${cause.message}`,
    remedy: "give the data as a file, or through a pipe",
    cause,
  });
}

function fileSource(fd: number): Source {
  return {
    read: (into) =>
      new Promise((resolve, reject) => {
        readFile(fd, into, 0, Math.min(into.length, readBytesMax), null, (error, bytes) =>
          error === null ? resolve(bytes) : reject(readError(error)),
        );
      }),
    close() {
      if (fd !== 0) closeSync(fd);
    },
  };
}

/** The kernel reads at most 2 GiB at once. */
const readBytesMax = 1 << 30;

interface Wanted {
  readonly into: Buffer;
  readonly resolve: (bytes: number) => void;
  readonly reject: (error: Error) => void;
}

/** As much as a pipe gives at once. */
const socketBytes = 1 << 16;

async function socketSource(fd: number): Promise<Source> {
  const { Socket } = await import("node:net");
  const received = Buffer.allocUnsafeSlow(socketBytes);
  /** What is received and not yet read. The socket is paused while there is something. */
  let rest = received.subarray(0, 0);
  let wanted: Wanted | undefined;
  let ended = false;
  let failure: Error | undefined;

  function settle(): void {
    if (wanted === undefined) return;
    const { into, resolve, reject } = wanted;
    if (rest.length === 0 && failure === undefined && !ended) return;
    wanted = undefined;
    if (rest.length === 0 && failure !== undefined) {
      reject(failure);
      return;
    }
    const bytes = rest.copy(into);
    rest = rest.subarray(bytes);
    resolve(bytes);
  }

  const socket = new Socket({
    fd,
    readable: true,
    writable: false,
    onread: {
      buffer: received,
      callback(bytes: number): boolean {
        rest = received.subarray(0, bytes);
        settle();
        return false;
      },
    },
  });
  socket.on("end", () => {
    ended = true;
    settle();
  });
  socket.on("error", (error) => {
    failure = readError(error);
    settle();
  });

  return {
    read(into) {
      return new Promise((resolve, reject) => {
        wanted = { into, resolve, reject };
        settle();
        if (wanted !== undefined) socket.resume();
      });
    },
    close() {
      ended = true;
      settle();
      socket.destroy();
    },
  };
}

/** People type slowly: copying what they type costs nothing. */
async function terminalSource(fd: number): Promise<Source> {
  const { ReadStream } = await import("node:tty");
  const stream = new ReadStream(fd);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  return {
    async read(into) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done) return 0;
        rest = next.value;
      }
      const bytes = rest.copy(into);
      rest = rest.subarray(bytes);
      return bytes;
    },
    close() {
      stream.destroy();
    },
  };
}
