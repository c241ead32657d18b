import { writeSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import type { YonderError } from "../interface/errors.ts";
import { type DescriptorKind, descriptorKind, isSamePlace } from "./descriptor.ts";
import { unreadable, unwritable } from "./errors.ts";
import { bytesPart, type Filled, filePart, type Part } from "./parts.ts";
import { writeWholeInPool, writeWholeNow } from "./write-whole.ts";
import type { Beyond, Writer, WriterOptions } from "./writer-types.ts";

type Item =
  | (PartItem & { readonly type: "part"; readonly fd: number; readonly part: Part })
  | { readonly type: "call"; readonly call: (isWritten: boolean) => void };

interface PartItem {
  readonly isOverlay?: boolean;
  /** On a terminal it begins at the start of a line; false once it has begun. */
  startsLine?: boolean;
}

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

export function openWriter(options: WriterOptions): Writer {
  // Items before `head` are done. Compacted when the live part has become the smaller one.
  let queue: Item[] = [];
  let head = 0;
  let state: "idle" | "scheduled" | "writing" = "idle";
  // Where the write that is under way goes.
  let busyFd: number | undefined;
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
  const samePlaces = new Map<string, boolean>();

  return {
    bytes: (fd, bytes) => {
      if (bytes.length > 0) output(fd, bytesPart(bytes));
    },
    file: (fd, path, range = {}) => output(fd, filePart(path, range)),
    name: (fd, name) => void names.set(fd, name),
    after: (call) => push({ type: "call", call }),
    note: (fd, bytes) => {
      const rest = isOnItsWay(fd) ? bytes : writeAside(fd, bytes);
      if (rest !== "") output(fd, bytesPart(rest), true);
    },
    draw: (fd, frame) => {
      if (state !== "idle" || !isAtLineStart) return false;
      push({ type: "part", fd, part: bytesPart(frame), isOverlay: true });
      return true;
    },
    drawLast: (fd, frame) =>
      push({ type: "part", fd, part: bytesPart(frame), isOverlay: true, startsLine: true }),
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

  function output(fd: number, part: Part, startsLine = false): void {
    const { overlay } = options;
    if (overlay?.covers(fd)) {
      push({ type: "part", fd: overlay.fd, part: bytesPart(overlay.erase()), isOverlay: true });
    }
    push({ type: "part", fd, part, startsLine });
  }

  /** Something is queued, or being written, that would stand among what is written to this descriptor. */
  function isOnItsWay(fd: number): boolean {
    if (busyFd !== undefined && isSame(busyFd, fd)) return true;
    for (let at = head; at < queue.length; at++) {
      const item = queue[at]!;
      if (item.type === "part" && isSame(item.fd, fd)) return true;
    }
    return false;
  }

  function isSame(fd: number, other: number): boolean {
    const key = `${fd} ${other}`;
    let is = samePlaces.get(key);
    if (is === undefined) samePlaces.set(key, (is = isSamePlace(fd, other)));
    return is;
  }

  /** Writes past the queue. Returns what could not be written at once. */
  function writeAside(fd: number, bytes: ByteString): ByteString {
    const isCovered = options.overlay?.covers(fd) === true;
    const isOnTerminal = kindOf(fd) === "terminal";
    const before = isCovered ? options.overlay!.erase() : isOnTerminal && !isAtLineStart ? "\n" : "";
    const text = before + bytes;
    let written = 0;
    try {
      const buffer = bufferOf(text);
      while (written < buffer.length) written += writeSync(fd, buffer, written);
    } catch {
      // The queue knows how to wait, and whom to tell.
    }
    if (isOnTerminal && written > 0) isAtLineStart = text[written - 1] === "\n";
    return text.slice(written);
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
          writeInPool(batch);
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
      if (item.startsLine && !endsLine && kindOf(fd) === "terminal") chunk[size++] = NEWLINE;
      item.startsLine = false;
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
    try {
      writeWholeNow(fd, chunk, size);
    } catch (error) {
      giveUp(fd, error as NodeJS.ErrnoException);
    }
  }

  function writeInPool(batch: Batch): void {
    busyFd = batch.fd;
    writeWholeInPool(batch.fd, chunk, batch.size, (error) => {
      busyFd = undefined;
      if (error) giveUp(batch.fd, error);
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
