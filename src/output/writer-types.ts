import type { ByteString } from "../bytes/bytes.ts";
import type { YonderError } from "../interface/errors.ts";
import type { FileRange } from "./parts.ts";

/**
 * What goes to standard output and standard error, as one queue: the order of the calls is the order of the bytes, also
 * between the two, since both may be the same terminal. While it is open nothing else writes to a terminal, or lines
 * would stand in each other.
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
  /**
   * Lines that are no output of a task: on a terminal they begin at the start of a line. They do not wait for a reader
   * of something else: where nothing is on its way to the same place, they have been written when this returns.
   */
  note(fd: number, bytes: ByteString): void;
  /** See Canvas. */
  draw(fd: number, frame: ByteString): boolean;
  drawLast(fd: number, frame: ByteString): void;
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
  /** Where it is drawn. */
  readonly fd: number;
  /** It is drawn now, and output to this descriptor would mix with it. */
  covers(fd: number): boolean;
  /** What removes it. It is taken as removed from then on. */
  erase(): ByteString;
}

/** Where an overlay is drawn. */
export interface Canvas {
  /** False, and nothing is written, while output is on its way or within a line. */
  draw(frame: ByteString): boolean;
  /** Behind all that is on its way: what removes the overlay, or a frame that stays. */
  drawLast(frame: ByteString): void;
}
