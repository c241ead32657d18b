import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";

/** What the joblog and the tables of --results say about one task. */
export interface LogEntry {
  readonly seq: number;
  /** Where it ran; `:` is this machine. */
  readonly host: ByteString;
  readonly startMs: number;
  readonly endMs: number;
  readonly sendBytes: number;
  readonly receiveBytes: number;
  /** Only in tables of JSON. */
  readonly reused?: boolean;
  /** GNU parallel's: 0 to 255, -1 where the task timed out, -2 where skip() skipped it. */
  readonly exitCode: number;
  readonly signal: number;
  readonly command: ByteString;
}

export interface Joblog {
  /** Appends to the file at once. */
  append(entry: LogEntry): void;
  close(): void;
}

const HEADER = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";

/**
 * --joblog NAME, or +NAME to append without a header. With `resume` what the file has is kept, but for a last line that
 * a crash has torn: its task has no line yet. (The kernel writes pages, and kill -9 can come between two.)
 */
export function openJoblog(name: ByteString, options: { readonly resume: boolean }): Joblog {
  if (name === "-") return joblogOnStdout();
  const isAppended = name.startsWith("+");
  const path = isAppended ? name.slice(1) : name;
  const fd = open(path, isAppended || options.resume ? "a+" : "w");
  const { size, wholeSize } = sizesOf(fd);
  if (options.resume && wholeSize < size) ftruncateSync(fd, wholeSize);
  else if (wholeSize < size) writeWhole(fd, bufferOf("\n"), path);
  const isEmpty = (options.resume ? wholeSize : size) === 0;
  if (isEmpty && !isAppended) writeWhole(fd, bufferOf(HEADER), path);
  return {
    append: (entry) => writeWhole(fd, bufferOf(joblogLine(entry)), path),
    close: () => closeSync(fd),
  };
}

/** --joblog -: in between the outputs of the jobs. */
function joblogOnStdout(): Joblog {
  writeWhole(1, bufferOf(HEADER), "standard output");
  return {
    append: (entry) => writeWhole(1, bufferOf(joblogLine(entry)), "standard output"),
    close() {},
  };
}

/** A newline in the command is written as NUL, since an entry is a line. */
export function joblogLine(entry: LogEntry): ByteString {
  const runtime = seconds(entry.endMs - entry.startMs).padStart(10);
  const fields = [
    entry.seq,
    entry.host,
    seconds(entry.startMs),
    runtime,
    entry.sendBytes,
    entry.receiveBytes,
  ];
  const command = entry.command.replaceAll("\n", "\0");
  return `${fields.join("\t")}\t${entry.exitCode}\t${entry.signal}\t${command}\n`;
}

export function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function open(path: ByteString, flags: "a+" | "w"): number {
  try {
    return openSync(bufferOf(path), flags);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Of a regular file, with and without what follows its last newline. */
function sizesOf(fd: number): { size: number; wholeSize: number } {
  const stats = fstatSync(fd);
  if (!stats.isFile()) return { size: 0, wholeSize: 0 };
  const chunk = Buffer.alloc(64 * 1024);
  for (let end = stats.size; end > 0; end -= chunk.length) {
    const start = Math.max(0, end - chunk.length);
    const count = readSync(fd, chunk, 0, end - start, start);
    const newline = chunk.subarray(0, count).lastIndexOf(0x0a);
    if (newline !== -1) return { size: stats.size, wholeSize: start + newline + 1 };
  }
  return { size: stats.size, wholeSize: 0 };
}

function writeWhole(fd: number, bytes: Buffer, path: ByteString): void {
  try {
    for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function unwritable(path: ByteString, cause: unknown): YonderError {
  return new YonderError("OUTPUT", {
    message: `Cannot write to --joblog ${path}.`,
    remedy: `give a file that can be written: ${(cause as Error).message}`,
    cause,
  });
}
