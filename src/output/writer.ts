import { write, writeSync } from "node:fs";
import type { ByteString } from "../bytes/bytes.ts";
import type { YonderError } from "../interface/errors.ts";
import { type DescriptorKind, descriptorKind } from "./descriptor.ts";
import { unreadable, unwritable } from "./errors.ts";
import { bytesPart, type FileRange, type Filled, filePart, type Part } from "./parts.ts";

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
  /** What people know a descriptor as, for errors. */
  name(fd: number, name: ByteString): void;
  /** Part of a file, by default all that it has when its turn comes. */
  file(fd: number, path: ByteString, range?: FileRange): void;
  /** Called when everything queued before it has been written, or (false) when some of what came before has not. */
  after(call: (isWritten: boolean) => void): void;
  /** Writes what belongs to the overlay; false (and nothing is written) while output is on its way or within a line. */
  draw(fd: number, bytes: ByteString): boolean;
  /** Nothing is queued and nothing is being written. */
  readonly isIdle: boolean;
  /** Resolves when the queue is empty; rejects with the first error. */
  idle(): Promise<void>;
}

export interface WriterOptions {
  /** The reader of `fd` has gone (EPIPE); what was and will be queued for it is dropped. Called once a descriptor. */
  readonly onClosed: (fd: number) => void;
  /** A descriptor cannot be written; the same holds for what is queued for it. Called once a descriptor. */
  readonly onError: (error: YonderError) => void;
  readonly overlay?: Overlay;
  /** So many bytes of what comes first for these descriptors are there already. */
  readonly there?: ThereAlready;
  /** Called before each write, and before what `after` calls writes: for what must be on disk before anybody can see it. */
  readonly beforeWrite?: () => void;
  /** Called after writing, once for all whose `after` has just been called. */
  readonly onWritten?: (beyond: Beyond) => void;
}

/** Bytes that the descriptors have got beyond the last `after` that was called; of one file for both, the sum counts. */
export interface Beyond {
  readonly stdout: number;
  readonly stderr: number;
}

/** Descriptors that lead to one file share a count. Counted down; set to 0 by who knows that nothing more is there. */
export interface ThereAlready {
  readonly stdout: { bytes: number };
  readonly stderr: { bytes: number };
}

/** What stands below the output on a terminal, and gives way to it. */
export interface Overlay {
  /** It is drawn now, and output to this descriptor would mix with it. */
  covers(fd: number): boolean;
  /** What removes it. It is taken as removed from then on. */
  erase(): ByteString;
}

type Item =
  | { readonly type: "part"; readonly fd: number; readonly part: Part; readonly isOverlay: boolean }
  | { readonly type: "call"; readonly call: (isWritten: boolean) => void };

/** The first `size` bytes of the chunk, and what is called when they have been written. */
interface Batch {
  readonly fd: number;
  readonly size: number;
  readonly calls: readonly ((isWritten: boolean) => void)[];
  /** Bytes behind the last call. */
  readonly behind: number;
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
  let hasDropped = false;
  let failure: YonderError | undefined;
  let waiters: PromiseWithResolvers<void>[] = [];
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  const gone = new Set<number>();
  const names = new Map<number, ByteString>([
    [1, "standard output"],
    [2, "standard error"],
  ]);
  const kinds = new Map<number, DescriptorKind>();

  return {
    bytes: (fd, bytes) => {
      if (bytes.length > 0) output(fd, bytesPart(bytes));
    },
    file: (fd, path, range = {}) => output(fd, filePart(path, range)),
    name: (fd, name) => void names.set(fd, name),
    after: (call) => push({ type: "call", call }),
    draw: (fd, bytes) => {
      if (state !== "idle" || !isAtLineStart || bytes.length === 0) return false;
      push({ type: "part", fd, part: bytesPart(bytes), isOverlay: true });
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

  function output(fd: number, part: Part): void {
    const { overlay } = options;
    if (overlay?.covers(fd)) push({ type: "part", fd, part: bytesPart(overlay.erase()), isOverlay: true });
    push({ type: "part", fd, part, isOverlay: false });
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
      const gathered = gather();
      if (gathered.size > 0 || gathered.calls.length > 0) options.beforeWrite?.();
      const batch = withoutThere(gathered);
      if (batch.size > 0) {
        const kind = kindOf(batch.fd);
        if (kind === "pipe" || kind === "terminal") {
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
    for (const call of batch.calls) call(!hasDropped);
    if (batch.calls.length > 0 && !hasDropped) options.onWritten?.(beyond(batch));
  }

  function beyond({ fd, behind }: Batch): Beyond {
    const there = options.there;
    const ofBoth = there !== undefined && there.stdout === there.stderr;
    return {
      stdout: (fd === 1 ? behind : 0) + (there?.stdout.bytes ?? 0),
      stderr: (fd === 2 ? behind : 0) + (ofBoth ? 0 : (there?.stderr.bytes ?? 0)),
    };
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
    const calls: ((isWritten: boolean) => void)[] = [];
    let fd = -1;
    let size = 0;
    let called = 0;
    let endsLine = isAtLineStart;
    for (; head < queue.length; head++) {
      const item = queue[head]!;
      if (item.type === "call") {
        calls.push(item.call);
        called = size;
        continue;
      }
      if (fd === -1) fd = item.fd;
      if (item.fd !== fd || size === CHUNK_BYTES) break;
      const { count, done } = take(item.fd, item.part, size);
      size += count;
      if (count > 0) endsLine = item.isOverlay || chunk[size - 1] === NEWLINE;
      if (!done) break;
    }
    compact();
    return { fd, size, calls, behind: size - called, endsLine };
  }

  function withoutThere(batch: Batch): Batch {
    const there = batch.fd === 1 ? options.there?.stdout : batch.fd === 2 ? options.there?.stderr : undefined;
    if (there === undefined || there.bytes === 0) return batch;
    const count = Math.min(there.bytes, batch.size);
    there.bytes -= count;
    chunk.copyWithin(0, count, batch.size);
    return { ...batch, size: batch.size - count };
  }

  function take(fd: number, part: Part, at: number): Filled {
    try {
      if (!gone.has(fd)) return part.fill(chunk, at);
    } catch (cause) {
      fail(unreadable(cause as NodeJS.ErrnoException));
    }
    part.drop();
    return { count: 0, done: true };
  }

  function compact(): void {
    if (head <= 1024 || head * 2 <= queue.length) return;
    queue = queue.slice(head);
    head = 0;
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
    hasDropped = true;
    if (cause.code === "EPIPE") options.onClosed(fd);
    else fail(unwritable(names.get(fd) ?? `descriptor ${fd}`, cause));
  }

  function fail(error: YonderError): void {
    hasDropped = true;
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
