import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
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
  /** No more is written: the job reads the end of its input after what there is. Safe at any time. */
  end(): void;
  /** The attempt is over, whatever is left. Gives the FIFO back; after it the chunks are free. Safe to repeat. */
  close(): void;
  /** True from `close`, or from when the job is known to read no more. */
  readonly broken: boolean;
  /** What `write` was given, all in all. */
  readonly bytes: number;
}

export interface FeedHost {
  readonly Socket: typeof NetSocket;
  /** Calls back once when the feed's FIFO has a reader. */
  watch(feed: JobFeed, onReader: () => void): void;
  /** A shell may still try to open the FIFO: it must find none, and nobody else may have it. */
  retire(path: ByteString): void;
  /** This process has closed its ends. `retired`: after `retire`. */
  onClose(feed: JobFeed, retired: boolean): void;
}

/**
 * Starts a feed with what fits of `first` already in the pipe.
 *
 * A FIFO keeps its bytes while anyone has it open. So this process opens it for writing before the job opens it for
 * reading, and closes it, which is the end of the input, no sooner than the job has opened it.
 *
 * While there is no job yet, a reading end of our own (`keeper`) lets us write. It must go in the end: with it, the
 * kernel cannot tell that a job has stopped reading. When the pipe was full and takes more, a job reads, and the keeper
 * goes at once; when all has fitted into the pipe, it goes too, and the host watches for the job.
 */
export function createFeed(path: ByteString, first: readonly Buffer[], host: FeedHost): JobFeed {
  // A FIFO without a reader cannot be opened for writing.
  let keeper: number | undefined = openSync(bufferOf(path), constants.O_RDWR | constants.O_NONBLOCK);
  let writer: number | undefined = openSync(bufferOf(path), constants.O_WRONLY | constants.O_NONBLOCK);
  /** Takes `writer` over when the pipe is full for the first time. */
  let socket: NetSocket | undefined;
  let hasReader = false;
  let bytes = 0;
  /** Written without the socket. */
  let piped = 0;
  let ended = false;
  let broken = false;
  let closed = false;
  /** What is not taken yet. */
  const unfinished = new Set<Write>();

  function enqueue(chunks: readonly Buffer[]): Promise<void> {
    return new Promise((done) => {
      const write = { chunks, done };
      unfinished.add(write);
      writeLater(write);
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
      const written = writeSync(writer!, chunk);
      piped += written;
      return written;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) stop();
      return 0;
    }
  }

  function writeLater(write: Write): void {
    socket ??= openSocket();
    const [head, ...tail] = hasReader ? write.chunks : splitFirst(write.chunks);
    socket.write(head!, tail.length === 0 ? taken : readerSeen);
    for (const [i, chunk] of tail.entries()) socket.write(chunk, i === tail.length - 1 ? taken : undefined);

    function taken(): void {
      finish(write);
      readerSeen();
    }
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

  function readerSeen(): void {
    if (broken) return;
    hasReader = true;
    closeKeeper();
    endIfDone();
  }

  function endIfDone(): void {
    if (!ended || unfinished.size > 0) return;
    if (hasReader) closeWriter();
    else watch();
  }

  /** Nobody but the job may be a reader now. */
  function watch(): void {
    closeKeeper();
    host.watch(feed, readerSeen);
  }

  function stop(): void {
    broken = true;
    closeWriter();
    closeKeeper();
    for (const write of unfinished) finish(write);
  }

  function closeWriter(): void {
    if (writer !== undefined) closeSync(writer);
    writer = undefined;
    socket?.destroy();
  }

  /** True where all that is in the pipe is still there, so that perhaps no job has opened it yet. */
  function isUntouched(): boolean {
    const reader = keeper ?? openSync(bufferOf(path), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readSync(reader, Buffer.allocUnsafe(pipeBytes)) >= piped;
    } catch {
      // Nothing is there.
      return piped === 0;
    } finally {
      if (reader !== keeper) closeSync(reader);
    }
  }

  function closeKeeper(): void {
    if (keeper !== undefined) closeSync(keeper);
    keeper = undefined;
  }

  const feed: JobFeed = {
    path,
    write(chunks) {
      if (broken) return Promise.resolve();
      for (const chunk of chunks) bytes += chunk.length;
      const rest = socket === undefined ? writeNow(chunks) : chunks;
      return rest.length === 0 ? Promise.resolve() : enqueue(rest);
    },
    end() {
      ended = true;
      if (!broken) endIfDone();
    },
    close() {
      if (closed) return;
      closed = true;
      // An attempt that was taken back: its shell would wait for a writer for ever, or take what is another's.
      const retired = !hasReader && isUntouched();
      if (retired) host.retire(path);
      stop();
      host.onClose(feed, retired);
    },
    get broken() {
      return broken;
    },
    get bytes() {
      return bytes;
    },
  };
  void feed.write(first);
  return feed;
}

/** Little is written alone at first: when it is taken, the pipe has a reader. */
function splitFirst(chunks: readonly Buffer[]): readonly Buffer[] {
  const [head, ...tail] = chunks;
  if (head === undefined || head.length <= pipeBytes) return chunks;
  return [head.subarray(0, pipeBytes), head.subarray(pipeBytes), ...tail];
}

const pipeBytes = 1 << 16;

interface Write {
  readonly chunks: readonly Buffer[];
  readonly done: () => void;
}
