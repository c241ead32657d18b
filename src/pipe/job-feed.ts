import { closeSync, constants, openSync, writeSync } from "node:fs";
import type { Socket as NetSocket } from "node:net";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";

/** The writing end of one attempt's input. */
export interface JobFeed {
  /** The FIFO that the job opens. */
  readonly path: ByteString;
  /**
   * Resolves when the kernel or the job has taken the bytes, or when nobody will: a job that ends early or closes its
   * input takes the rest of it as read. Never rejects. The chunks must stay as they are until then.
   */
  write(chunks: readonly Buffer[]): Promise<void>;
  /** No more is written: the job reads the end of its input after what there is. */
  end(): void;
  /** The attempt is over, whatever is left. Gives the FIFO back; after it the chunks are free. Safe to repeat. */
  close(): void;
  /** True from `close`, or from when the job is known to read no more. */
  readonly broken: boolean;
}

export interface FeedHost {
  readonly Socket: typeof NetSocket;
  /** Calls back once when the feed's FIFO has a reader. */
  watch(feed: JobFeed, onReader: () => void): void;
  onClose(feed: JobFeed): void;
}

/**
 * Starts a feed with what fits of `first` already in the pipe.
 *
 * A FIFO keeps its bytes while anyone has it open. So this process opens it for writing before the job opens it for
 * reading, and closes it, which is the end of the input, no sooner than the job has opened it. Only between the two
 * is there somebody to write to; what does not fit before waits.
 */
export function createFeed(path: ByteString, first: readonly Buffer[], host: FeedHost): JobFeed {
  let writer: number | undefined;
  /** Takes `writer` over when the pipe is full for the first time. */
  let socket: NetSocket | undefined;
  let hasReader = false;
  let ended = false;
  let broken = false;
  let closed = false;
  /** What is not taken yet, in order. Those before the job's start wait in `queue`, the others in the socket. */
  const unfinished = new Set<Write>();
  const queue: Write[] = [];

  function open(): void {
    // A FIFO without a reader cannot be opened or written without waiting: be the reader for a moment.
    const reader = openSync(bufferOf(path), constants.O_RDWR | constants.O_NONBLOCK);
    writer = openSync(bufferOf(path), constants.O_WRONLY | constants.O_NONBLOCK);
    const rest = writeNow(first);
    if (rest.length > 0) enqueue(rest);
    closeSync(reader);
  }

  function enqueue(chunks: readonly Buffer[]): Promise<void> {
    return new Promise((done) => {
      const write = { chunks, done };
      unfinished.add(write);
      if (hasReader) writeLater(write);
      else queue.push(write);
    });
  }

  /** What fits into the pipe now, without the event loop; the rest is returned. */
  function writeNow(chunks: readonly Buffer[]): readonly Buffer[] {
    for (const [i, chunk] of chunks.entries()) {
      const written = tryWrite(chunk);
      if (broken) return [];
      if (written < chunk.length) return [chunk.subarray(written), ...chunks.slice(i + 1)];
    }
    return [];
  }

  function tryWrite(chunk: Buffer): number {
    try {
      return writeSync(writer!, chunk);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) stop();
      return 0;
    }
  }

  function writeLater(write: Write): void {
    socket ??= openSocket();
    socket.cork();
    for (const chunk of write.chunks.slice(0, -1)) socket.write(chunk);
    socket.write(write.chunks.at(-1)!, () => {
      finish(write);
      endIfDone();
    });
    socket.uncork();
  }

  function openSocket(): NetSocket {
    const opened = new host.Socket({ fd: writer!, readable: false, writable: true });
    writer = undefined;
    opened.on("error", stop);
    return opened;
  }

  function finish(write: Write): void {
    if (unfinished.delete(write)) write.done();
  }

  function endIfDone(): void {
    if (ended && hasReader && unfinished.size === 0) closeWriter();
  }

  function stop(): void {
    broken = true;
    closeWriter();
    for (const write of unfinished) finish(write);
  }

  function closeWriter(): void {
    if (writer !== undefined) closeSync(writer);
    writer = undefined;
    socket?.destroy();
  }

  const feed: JobFeed = {
    path,
    write(chunks) {
      if (broken) return Promise.resolve();
      const rest = hasReader && socket === undefined ? writeNow(chunks) : chunks;
      return rest.length === 0 ? Promise.resolve() : enqueue(rest);
    },
    end() {
      ended = true;
      endIfDone();
    },
    close() {
      if (closed) return;
      closed = true;
      stop();
      host.onClose(feed);
    },
    get broken() {
      return broken;
    },
  };
  open();
  host.watch(feed, () => {
    hasReader = true;
    for (const write of queue.splice(0)) writeLater(write);
    endIfDone();
  });
  return feed;
}

interface Write {
  readonly chunks: readonly Buffer[];
  readonly done: () => void;
}
