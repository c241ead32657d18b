import { createReadStream, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf, decodeText, encodeText } from "../../../bytes/bytes.ts";
import { tee } from "../../../input/spool.ts";
import { YonderError } from "../../../interface/errors.ts";
import { JOB_FILES } from "../../../journal/places.ts";
import { isSealed } from "../../../journal/request.ts";
import type { ResumedJob } from "../../../journal/resume.ts";
import type { JournalWriter } from "../../../journal/writer.ts";
import { soundBytes } from "../../../seal/checked-file.ts";
import { haveChanged } from "./input-files.ts";

/** Where a job's standard input comes from: ours, or, for a resumed job, what the first run read. */
export interface StandardInput {
  /** For arguments. */
  readonly stream: () => AsyncIterable<Buffer>;
  /** For --pipe. */
  readonly fd: number;
}

export interface StandardInputAgain extends StandardInput {
  /** Some of what the first run had, or would have had, is not known any more: this one cannot be the whole job. */
  readonly isLost: boolean;
}

/** Kept by the journal on its way, where it is a pipe, so that the job can be resumed. */
export function ownStandardInput(journal: JournalWriter): StandardInput {
  const stdin = (): AsyncIterable<Buffer> => process.stdin as AsyncIterable<Buffer>;
  const isKept = journal.directory !== "" && !isRegular(0);
  const spool = encodeText(`${journal.directory}/${JOB_FILES.stdin}`);
  return { stream: () => (isKept ? tee(stdin(), spool, journal.inputKept) : stdin()), fd: 0 };
}

/**
 * @param delimiter ends each record: what follows the last one of an input that was cut off may be half a record, and
 *   is left out
 * @throws YonderError JOURNAL, INPUT where it is not there any more
 */
export function standardInputAgain(
  job: ResumedJob,
  delimiter: ByteString,
  warn: (text: string) => void,
): StandardInputAgain {
  const { stdin } = job.request;
  switch (stdin.type) {
    case "unused":
      return { stream: () => process.stdin as AsyncIterable<Buffer>, fd: 0, isLost: false };
    case "file": {
      // Ours, of a detached job. Of other files nobody knows what they held.
      if (isDamaged(stdin.path)) throw damagedInput(stdin.path);
      const isLost = haveChanged([stdin], warn);
      const fd = openAgain(stdin.path);
      return { stream: () => createReadStream("", { fd, start: stdin.offset }), fd, isLost };
    }
    case "spool":
      return fromSpool(job, delimiter, warn);
    case "stream":
      throw new YonderError("JOURNAL", {
        message: `job ${job.id} read its data from a pipe, which is gone`,
        remedy: "run it again; data from a file (< file, or --pipepart -a file) can be resumed",
      });
  }
}

function openAgain(path: ByteString): number {
  try {
    return openSync(bufferOf(path), "r");
  } catch (cause) {
    throw new YonderError("INPUT", {
      message: `the job's standard input, ${decodeText(path)}, cannot be opened: ${(cause as Error).message}`,
      remedy: "put it back there, or run the job's command again",
      cause,
    });
  }
}

function fromSpool(job: ResumedJob, delimiter: ByteString, warn: (text: string) => void): StandardInputAgain {
  if (job.stdinPath === undefined) {
    throw new YonderError("JOURNAL", {
      message: `job ${job.id} was stopped before it had read its standard input, and nobody knows what was in it`,
      remedy: "run its command again",
    });
  }
  const fd = openSync(job.stdinPath, "r");
  const { size } = fstatSync(fd);
  const isWhole = job.summary.isInputKept || job.summary.totalTasks !== undefined;
  const sound = soundBytes(job.stdinPath) ?? (isSealed(job.directory) ? "damaged" : size);
  if (sound === "damaged" || (isWhole && sound < size)) throw damagedInput(encodeText(job.stdinPath));
  let end = sound;
  const isLost = !isWhole;
  if (isLost) {
    end = afterLast(fd, end, delimiter);
    warn(
      "the first run had not read its input to the end; what it had not read is lost, and the job counts as failed",
    );
  }
  return {
    stream: () => (end === 0 ? createReadStream("/dev/null") : createReadStream("", { fd, end: end - 1 })),
    fd,
    isLost,
  };
}

function isDamaged(path: ByteString): boolean {
  return existsSync(bufferOf(path)) && soundBytes(bufferOf(path)) === "damaged";
}

function damagedInput(path: ByteString): YonderError {
  return new YonderError("JOURNAL", {
    message: `${decodeText(path)} is damaged: what the job read is not known`,
    remedy: "run its command again, with its input",
  });
}

/** The offset behind the last delimiter. */
function afterLast(fd: number, size: number, delimiter: ByteString): number {
  const wanted = bufferOf(delimiter);
  const chunk = Buffer.alloc(1 << 16);
  for (let end = size; end > 0; end -= chunk.length - wanted.length) {
    const start = Math.max(0, end - chunk.length);
    const count = readSync(fd, chunk, 0, end - start, start);
    const at = chunk.subarray(0, count).lastIndexOf(wanted);
    if (at >= 0) return start + at + wanted.length;
    if (start === 0) break;
  }
  return 0;
}

function isRegular(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false; // closed
  }
}
