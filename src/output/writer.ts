import { closeSync, openSync, readSync, write, writeSync } from "node:fs";
import { type ByteString, bufferOf, bytesOf } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { type DescriptorKind, descriptorKind } from "./descriptor.ts";

/** Changes the bytes of one file on their way out; `last` is true with the last (possibly empty) chunk. */
export type Transform = (chunk: ByteString, last: boolean) => ByteString;

/**
 * What goes to standard output and standard error, as one queue: the order of the calls is the order of the bytes, also
 * between the two, since both may be the same terminal.
 *
 * Files are read when their turn comes, a chunk at a time, so that a queue of any length holds only small records.
 * A descriptor that can block (a pipe, a terminal) is written in the thread pool: a reader that has stopped must not
 * stop timeouts and signals.
 */
export interface Writer {
  bytes(fd: number, bytes: ByteString): void;
  /** Part of a file, by default all that it has when its turn comes. */
  file(fd: number, path: ByteString, part?: FilePart): void;
  /** Called when everything queued before it has been written (or given up). */
  after(call: () => void): void;
  /** Writes what belongs to the overlay; false (and nothing is written) while output is on its way or within a line. */
  draw(fd: number, bytes: ByteString): boolean;
  /** Nothing is queued and nothing is being written. */
  readonly isIdle: boolean;
  /** Resolves when the queue is empty; rejects with the first error. */
  idle(): Promise<void>;
}

export interface FilePart {
  readonly from?: number;
  /** Where to stop; the file's end where it is not given. */
  readonly to?: number;
  readonly transform?: Transform | undefined;
}

export interface WriterOptions {
  /** The reader of `fd` has gone (EPIPE); what was and will be queued for it is dropped. Called once a descriptor. */
  readonly onClosed: (fd: number) => void;
  /** A descriptor cannot be written; the same holds for what is queued for it. Called once a descriptor. */
  readonly onError: (error: YonderError) => void;
  readonly overlay?: Overlay;
}

/** What stands below the output on a terminal, and gives way to it. */
export interface Overlay {
  /** It is drawn now, and output to this descriptor would mix with it. */
  covers(fd: number): boolean;
  /** What removes it. It is taken as removed from then on. */
  erase(): ByteString;
}

interface BytesItem {
  readonly type: "bytes";
  readonly fd: number;
  readonly buffer: Buffer;
  offset: number;
  readonly isOverlay: boolean;
}
interface FileItem {
  readonly type: "file";
  readonly fd: number;
  readonly path: ByteString;
  readonly transform: Transform | undefined;
  readonly to: number;
  offset: number;
  source: number | undefined;
  /** Transformed bytes that found no room yet. */
  pending: Buffer | undefined;
}
interface CallItem {
  readonly type: "call";
  readonly call: () => void;
}
type Item = BytesItem | FileItem | CallItem;

/** The first `size` bytes of the chunk, and what is called when they have been written. */
interface Batch {
  readonly fd: number;
  readonly size: number;
  readonly calls: readonly (() => void)[];
  /** Its output ends with a whole line; an overlay is no output. */
  readonly endsLine: boolean;
}

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
const RETRY_DELAY_MS_MAX = 50;

export function openWriter(options: WriterOptions): Writer {
  // Items before `head` are done. Compacted when the live part has become the smaller one.
  let queue: Item[] = [];
  let head = 0;
  let state: "idle" | "scheduled" | "writing" = "idle";
  // Of the output on a terminal.
  let isAtLineStart = true;
  let failure: YonderError | undefined;
  let waiters: PromiseWithResolvers<void>[] = [];
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  const gone = new Set<number>();
  const kinds = new Map<number, DescriptorKind>();

  return {
    bytes: (fd, bytes) => {
      if (bytes.length > 0)
        output({ type: "bytes", fd, buffer: bufferOf(bytes), offset: 0, isOverlay: false });
    },
    file: (fd, path, part = {}) =>
      output({
        type: "file",
        fd,
        path,
        transform: part.transform,
        to: part.to ?? Number.POSITIVE_INFINITY,
        offset: part.from ?? 0,
        source: undefined,
        pending: undefined,
      }),
    after: (call) => push({ type: "call", call }),
    draw: (fd, bytes) => {
      if (state !== "idle" || !isAtLineStart) return false;
      push(overlayItem(fd, bytes));
      return true;
    },
    get isIdle() {
      return state === "idle";
    },
    idle: () => {
      if (state === "idle") return failure === undefined ? Promise.resolve() : Promise.reject(failure);
      const waiter = Promise.withResolvers<void>();
      waiters.push(waiter);
      return waiter.promise;
    },
  };

  function output(item: BytesItem | FileItem): void {
    if (options.overlay?.covers(item.fd)) {
      push(overlayItem(item.fd, options.overlay.erase()));
    }
    push(item);
  }

  function push(item: Item): void {
    queue.push(item);
    if (state !== "idle") return;
    state = "scheduled";
    // Outputs that end in the same turn of the event loop share one write.
    setImmediate(pump);
  }

  /** Writes until the queue is empty or a write is under way. */
  function pump(): void {
    state = "writing";
    while (head < queue.length) {
      const batch = gather();
      if (batch.size > 0 && !gone.has(batch.fd)) {
        if (kindOf(batch.fd) === "pipe" || kindOf(batch.fd) === "terminal") {
          writeInPool(batch, 0);
          return;
        }
        writeNow(batch);
      }
      finish(batch);
    }
    rest();
  }

  function finish(batch: Batch): void {
    if (batch.size > 0 && kindOf(batch.fd) === "terminal") isAtLineStart = batch.endsLine;
    for (const call of batch.calls) call();
  }

  function rest(): void {
    queue = [];
    head = 0;
    state = "idle";
    const done = waiters;
    waiters = [];
    for (const waiter of done) {
      if (failure === undefined) waiter.resolve();
      else waiter.reject(failure);
    }
  }

  /** Fills the chunk from the items at the head that go to one descriptor, with the calls that follow them. */
  function gather(): Batch {
    const calls: (() => void)[] = [];
    let fd = -1;
    let size = 0;
    let endsLine = isAtLineStart;
    while (head < queue.length) {
      const item = queue[head]!;
      if (item.type === "call") calls.push(item.call);
      else {
        if (fd === -1) fd = item.fd;
        if (item.fd !== fd || size === CHUNK_BYTES) break;
        const filled = item.type === "bytes" ? fillFromBytes(item, size) : fillOrGiveUp(item, size);
        size += filled.count;
        if (filled.count > 0) endsLine = isOverlay(item) || chunk[size - 1] === NEWLINE;
        if (!filled.done) break;
      }
      head++;
    }
    if (head > 1024 && head * 2 > queue.length) {
      queue = queue.slice(head);
      head = 0;
    }
    return { fd, size, calls, endsLine };
  }

  function fillFromBytes(item: BytesItem, at: number): { count: number; done: boolean } {
    const count = item.buffer.copy(chunk, at, item.offset);
    item.offset += count;
    return { count, done: item.offset === item.buffer.length };
  }

  function fillOrGiveUp(item: FileItem, at: number): { count: number; done: boolean } {
    try {
      return fillFromFile(item, at);
    } catch (cause) {
      fail(unreadable(item.path, cause as NodeJS.ErrnoException));
      return { count: 0, done: true };
    }
  }

  function fillFromFile(item: FileItem, at: number): { count: number; done: boolean } {
    if (item.pending !== undefined) return fillFromPending(item, at);
    item.source ??= gone.has(item.fd) ? undefined : openSource(item.path);
    if (item.source === undefined) return { count: 0, done: true };
    const room = Math.min(CHUNK_BYTES - at, item.to - item.offset);
    const count = readSync(item.source, chunk, at, room, item.offset);
    item.offset += count;
    // A regular file gives less than was asked for only at its end.
    const isAtEnd = count < room || item.offset === item.to;
    if (isAtEnd) {
      closeSync(item.source);
      item.source = undefined;
    }
    if (item.transform === undefined) return { count, done: isAtEnd };
    item.pending = bufferOf(item.transform(bytesOf(chunk.subarray(at, at + count)), isAtEnd));
    if (isAtEnd) item.offset = item.to;
    return fillFromPending(item, at);
  }

  function fillFromPending(item: FileItem, at: number): { count: number; done: boolean } {
    const pending = item.pending!;
    const count = pending.copy(chunk, at);
    item.pending = count === pending.length ? undefined : pending.subarray(count);
    return { count, done: item.pending === undefined && item.offset === item.to };
  }

  function writeNow({ fd, size }: Batch): void {
    let offset = 0;
    try {
      while (offset < size) offset += writeSync(fd, chunk, offset, size - offset);
    } catch (error) {
      giveUp(fd, error as NodeJS.ErrnoException);
    }
  }

  function writeInPool(batch: Batch, from: number, retryDelayMs = 1): void {
    const { fd, size } = batch;
    write(fd, chunk, from, size - from, null, (error, count) => {
      if (error?.code === "EAGAIN") {
        // Somebody has made the descriptor non-blocking, and it is full.
        const nextDelayMs = Math.min(retryDelayMs * 2, RETRY_DELAY_MS_MAX);
        setTimeout(writeInPool, retryDelayMs, batch, from, nextDelayMs);
        return;
      }
      if (error) giveUp(fd, error);
      else if (from + count < size) {
        writeInPool(batch, from + count);
        return;
      }
      finish(batch);
      pump();
    });
  }

  function giveUp(fd: number, cause: NodeJS.ErrnoException): void {
    gone.add(fd);
    if (cause.code === "EPIPE") options.onClosed(fd);
    else fail(unwritable(fd, cause));
  }

  function fail(error: YonderError): void {
    failure ??= error;
    options.onError(error);
  }

  function kindOf(fd: number): DescriptorKind {
    let kind = kinds.get(fd);
    if (kind === undefined) {
      kind = descriptorKind(fd);
      kinds.set(fd, kind);
    }
    return kind;
  }
}

function overlayItem(fd: number, bytes: ByteString): BytesItem {
  return { type: "bytes", fd, buffer: bufferOf(bytes), offset: 0, isOverlay: true };
}

function isOverlay(item: BytesItem | FileItem): boolean {
  return item.type === "bytes" && item.isOverlay;
}

function openSource(path: ByteString): number | undefined {
  try {
    return openSync(bufferOf(path), "r");
  } catch (error) {
    // An attempt that never began has no files.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function unreadable(path: ByteString, cause: NodeJS.ErrnoException): YonderError {
  return new YonderError("OUTPUT", {
    message: `cannot read the output in ${path}: ${cause.message}`,
    remedy: "raise the limit of open files (ulimit -n), or choose another --tmpdir",
    cause,
  });
}

function unwritable(fd: number, cause: NodeJS.ErrnoException): YonderError {
  const name = fd === 1 ? "standard output" : fd === 2 ? "standard error" : `descriptor ${fd}`;
  return new YonderError("OUTPUT", {
    message: `cannot write to ${name}: ${cause.message}`,
    remedy: "make room or give another place, then run what is missing with --resume",
    cause,
  });
}
