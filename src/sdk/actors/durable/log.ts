import {
  closeSync,
  fdatasync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { quoteWord } from "../../../bytes/quote.ts";
import { YonderError } from "../../../interface/errors.ts";
import { type Frames, frame, framesIn } from "../../../seal/frame.ts";
import { bytesOfValue, valueOfBytes } from "../../../wire/values/bytes.ts";

/**
 * The calls of a durable actor since its last checkpoint, numbered from 1 in the order in which it gets them. Only the
 * process that has the actor's directory writes here.
 *
 * Files `calls.N`, where N is the number of the first call in it; a new one begins with each opening and each checkpoint,
 * and one whose calls are all in a checkpoint goes. A record is a frame with what `bytesOfValue` makes of a `LogRecord`. One
 * that is cut off, by the end of the process that wrote it, was never acted on; one that is damaged was.
 */
export interface CallLog {
  /** The number of the newest call. */
  readonly last: number;
  /** Appends calls, one record for all. They survive the end of this process when it returns. */
  append(calls: readonly MethodCall[]): void;
  /** A call that was logged has no effect: after a crash it is not made again. */
  undo(number: number): void;
  /** Resolves when all that was appended survives a power failure too. */
  sync(): Promise<void>;
  /** All calls after this one, in order, without those that were undone. @throws YonderError STORE_CORRUPT */
  read(after: number): LoggedCall[];
  /** A checkpoint holds the effect of all calls up to this one. */
  forget(upTo: number): void;
  close(): void;
}

export interface MethodCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface LoggedCall extends MethodCall {
  readonly number: number;
}

/** Flat, since serializing takes its time for each object and each string. */
interface LogRecord {
  /** The number of the first of these calls. */
  readonly first: number;
  readonly names: readonly string[];
  /** Of each call: its method, by its place in `names`, and how many of `args` are its. */
  readonly calls: Uint32Array;
  readonly args: readonly unknown[];
  readonly undone?: number;
}

const syncFile = promisify(fdatasync);

/**
 * @param saved the number of the last call in the checkpoint
 * @throws YonderError STORE_CORRUPT where a call that was logged cannot be read
 */
export function openLog(directory: string, saved: number): CallLog {
  let last = Math.max(saved, readAll(directory, saved).last);
  let file: { readonly fd: number; bytes: number } | undefined;

  function write(record: LogRecord): void {
    const bytes = frame(bytesOfValue(record));
    file ??= openSegment(join(directory, `calls.${last + 1}`));
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file.fd, bytes, at);
      file.bytes += bytes.length;
    } catch (error) {
      ftruncateSync(file.fd, file.bytes);
      throw error;
    }
  }
  function closeFile(): void {
    if (file !== undefined) closeSync(file.fd);
    file = undefined;
  }
  return {
    get last() {
      return last;
    },
    append(calls) {
      write(pack(last + 1, calls));
      last += calls.length;
    },
    undo: (number) => write({ ...pack(last + 1, []), undone: number }),
    sync: async () => {
      if (file !== undefined) await syncFile(file.fd);
    },
    read(after) {
      return readAll(directory, after).calls;
    },
    forget(upTo) {
      closeFile();
      const segments = segmentsOf(directory);
      for (const [index, { path }] of segments.entries()) {
        const end = segments[index + 1]?.first ?? last + 1;
        if (end <= upTo + 1) unlinkSync(path);
      }
    },
    close: closeFile,
  };
}

function pack(first: number, all: readonly MethodCall[]): LogRecord {
  const names: string[] = [];
  const places = new Map<string, number>();
  const calls = new Uint32Array(2 * all.length);
  const flat: unknown[] = [];
  for (const [index, { method, args }] of all.entries()) {
    let place = places.get(method);
    if (place === undefined) places.set(method, (place = names.push(method) - 1));
    calls[2 * index] = place;
    calls[2 * index + 1] = args.length;
    for (const arg of args) flat.push(arg);
  }
  return { first, names, calls, args: flat };
}

function* unpack({ first, names, calls, args }: LogRecord): Generator<LoggedCall> {
  let from = 0;
  for (let index = 0; 2 * index < calls.length; index++) {
    const to = from + calls[2 * index + 1]!;
    yield { number: first + index, method: names[calls[2 * index]!]!, args: args.slice(from, to) };
    from = to;
  }
}

interface Segment {
  readonly first: number;
  readonly path: string;
}

/** In order. Earlier versions called theirs `log.N`. */
function segmentsOf(directory: string): Segment[] {
  return readdirSync(directory)
    .flatMap((name) => {
      const [, first] = /^(?:calls|log)\.(\d+)$/.exec(name) ?? [];
      return first === undefined ? [] : { first: Number(first), path: join(directory, name) };
    })
    .sort((a, b) => a.first - b.first);
}

/** One with the same name can hold only what no call is, and the beginning of a record that was cut off. */
function openSegment(path: string): { readonly fd: number; bytes: number } {
  const fd = openSync(path, "a", 0o600);
  const { wholeBytes: bytes } = readSegment(path);
  ftruncateSync(fd, bytes);
  return { fd, bytes };
}

function readAll(directory: string, after: number): { calls: LoggedCall[]; last: number } {
  let last = after;
  const calls: LoggedCall[] = [];
  const undone = new Set<number>();
  for (const { path } of segmentsOf(directory)) {
    for (const body of readSegment(path).bodies) {
      const record = valueOfBytes(body) as LogRecord;
      if (record.undone !== undefined) undone.add(record.undone);
      for (const call of unpack(record)) {
        if (call.number <= last) continue; // in the checkpoint
        if (call.number !== ++last) throw lacking(directory, last);
        calls.push(call);
      }
    }
  }
  return { calls: calls.filter(({ number }) => !undone.has(number)), last };
}

function readSegment(path: string): Frames {
  const frames = framesIn(readFileSync(path), basename(path).startsWith("log."));
  if (frames.damagedAt === undefined) return frames;
  throw new YonderError("STORE_CORRUPT", {
    message: `${path} is damaged at byte ${frames.damagedAt}: the calls from there on cannot be made again`,
    remedy: `put its directory back from a backup, or give these calls up: truncate -s ${frames.damagedAt} ${quoteWord(path)}`,
  });
}

function lacking(directory: string, number: number): YonderError {
  return new YonderError("STORE_CORRUPT", {
    message: `the log in ${directory} lacks call ${number}`,
    remedy: "put the directory back from a backup, or remove it to begin anew",
  });
}
