import { createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf, encodeText } from "../bytes/bytes.ts";
import { tee } from "../input/spool.ts";
import { YonderError } from "../interface/errors.ts";
import { JOB_FILES } from "../journal/places.ts";
import type { ResumedJob } from "../journal/resume.ts";
import type { JournalWriter } from "../journal/writer.ts";

/** Where a job's standard input comes from: ours, or, for a resumed job, what the first run read. */
export interface StandardInput {
  /** For arguments. */
  readonly stream: () => AsyncIterable<Buffer>;
  /** For --pipe. */
  readonly fd: number;
}

/** Kept by the journal on its way, where it is a pipe, so that the job can be resumed. */
export function ownStandardInput(journal: JournalWriter): StandardInput {
  // Touching process.stdin makes a stream of it: only when somebody reads.
  const stdin = (): AsyncIterable<Buffer> => process.stdin as AsyncIterable<Buffer>;
  const isKept = journal.directory !== "" && !isRegular(0);
  const spool = encodeText(`${journal.directory}/${JOB_FILES.stdin}`);
  return { stream: () => (isKept ? tee(stdin(), spool) : stdin()), fd: 0 };
}

/**
 * @param delimiter ends each record: what follows the last one of an input that was cut off may be half a record, and
 *   is left out
 */
export function standardInputAgain(
  job: ResumedJob,
  delimiter: ByteString,
  warn: (text: string) => void,
): StandardInput {
  const { stdin } = job.request;
  switch (stdin.type) {
    case "unused":
      return { stream: () => process.stdin as AsyncIterable<Buffer>, fd: 0 };
    case "file": {
      const fd = openSync(bufferOf(stdin.path), "r");
      const { size, mtimeMs } = fstatSync(fd);
      if (size !== stdin.sizeBytes || mtimeMs !== stdin.mtimeMs) {
        warn(`${stdin.path} has changed since the job began; tasks are numbered by what it holds now`);
      }
      return { stream: () => createReadStream("", { fd, start: stdin.offset }), fd };
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

function fromSpool(job: ResumedJob, delimiter: ByteString, warn: (text: string) => void): StandardInput {
  if (job.stdinPath === undefined) {
    return { stream: () => createReadStream("/dev/null"), fd: openSync("/dev/null", "r") };
  }
  const fd = openSync(job.stdinPath, "r");
  let end = fstatSync(fd).size;
  if (job.summary.totalTasks === undefined) {
    end = afterLast(fd, end, delimiter);
    warn("the first run had not read its input to the end; what it had not read is lost");
  }
  return {
    stream: () => (end === 0 ? createReadStream("/dev/null") : createReadStream("", { fd, end: end - 1 })),
    fd,
  };
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
