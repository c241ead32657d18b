import { mkdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import { makeDirectories } from "../directories.ts";
import { tryClaim } from "./claims.ts";
import { jobId } from "./job-id.ts";
import type { OutputSource } from "./keeper.ts";
import { jobsDirectory } from "./places.ts";
import { recordWriter, refusal, START } from "./record-writer.ts";
import type { OutcomeRecord, OutcomesRecord, ResumedRecord, RetryRecord } from "./records.ts";
import { type JobRequest, writeRequest } from "./request.ts";
import type { JobStatus } from "./status.ts";

export interface JournalOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Bytes of output to keep: Infinity for all, 0 for none. */
  readonly keepBytes: number;
  /** One line for a person, when the journal cannot be written (any more). */
  readonly warn: (line: string) => void;
  /** For a job whose directory is there already, because it was detached. */
  readonly id?: string;
}

/**
 * The durable record of one job, as its driver writes it.
 *
 * Records wait in memory until `flush`, or until the event loop has handled what is there now; a flush is at most one
 * write to each file, kept output first, so that a record never speaks of bytes that are not there. The driver flushes
 * before it writes to its standard output; then what has been shown is always in the journal, and after a crash the
 * journal is at most one batch ahead of what has been shown.
 *
 * Nothing here throws: when the file system refuses, `warn` is called once and the job goes on without a journal.
 */
export interface JournalWriter {
  /** "" where there is no journal, or no longer. */
  readonly id: string;
  readonly directory: string;
  /** A place for the outputs of attempts that run; outputs made here can be kept without a copy. */
  readonly attemptsDirectory: string;
  outcome(record: Omit<OutcomeRecord, "type" | "stdout" | "stderr">, output?: AttemptOutput): void;
  outcomes(record: Omit<OutcomesRecord, "type">): void;
  retry(record: Omit<RetryRecord, "type">): void;
  /** The attempt had begun under a driver that is gone. */
  lost(task: number, attempt: number): void;
  slot(slot: number, pid: number): void;
  /**
   * The output of a task that has its outcome is written out next. Each task once, in the order of writing; the same call
   * for a task without output. Cheapest right behind its `outcome`.
   */
  showing(task: number, hasOutput: boolean): void;
  /** The task's output has been written out. In the order of `showing`; a task without output need not be told. */
  shown(task: number): void;
  /**
   * Confirms what has been `shown`, with the next flush: until then a crash shows it again.
   *
   * @param beyond bytes that have been written of outputs that are not out yet
   */
  confirm(beyond?: { readonly stdout: number; readonly stderr: number }): void;
  /** Says something on standard error, where task output may go too. */
  note(text: ByteString): void;
  /** All of standard input has been read, and kept: so many bytes. */
  inputKept(bytes: number): void;
  total(tasks: number): void;
  /** The first record of a process that goes on with a job. */
  resumed(record: Omit<ResumedRecord, "type">): void;
  /** What runs and waits now. Call it as often as convenient: `make` is called at most once a second. */
  status(make: () => JobStatus): void;
  flush(): void;
  /**
   * The job is over. Writes everything and gives the job free. Safe to repeat; the first call counts.
   *
   * @param atMs when it ended, where that was before now
   */
  finish(exitCode: number, cancelled?: boolean, atMs?: number): void;
}

export interface AttemptOutput {
  readonly stdout?: OutputSource;
  readonly stderr?: OutputSource;
}

/**
 * Makes the directory of a new job, with what it was asked to do, and a writer. From then on the job can be found and
 * cancelled: handlers for SIGTERM must be in place.
 */
export function openJournal(options: JournalOptions, request: JobRequest): JournalWriter {
  try {
    const { id, directory } = newDirectory(options, request.startedMs);
    const claim = tryClaim(directory, "driver");
    if (claim === undefined) throw new Error(`job ${id} has a driver already`);
    writeRequest(directory, request);
    return recordWriter(options, id, directory, claim, START);
  } catch (error) {
    options.warn(refusal(error));
    return noJournal();
  }
}

/** A journal that forgets. */
export function noJournal(): JournalWriter {
  const nothing = (): void => {};
  return {
    id: "",
    directory: "",
    attemptsDirectory: "",
    outcome: nothing,
    outcomes: nothing,
    retry: nothing,
    lost: nothing,
    slot: nothing,
    showing: nothing,
    shown: nothing,
    confirm: nothing,
    note: (text) => void writeSync(2, bufferOf(text)),
    inputKept: nothing,
    total: nothing,
    resumed: nothing,
    status: nothing,
    flush: nothing,
    finish: nothing,
  };
}

/** A new job's name and directory; those of `options.id` where that is given. */
export function newDirectory(
  options: Pick<JournalOptions, "env" | "id">,
  nowMs: number,
): { id: string; directory: string } {
  const jobs = jobsDirectory(options.env);
  if (options.id !== undefined) return { id: options.id, directory: join(jobs, options.id) };
  makeDirectories(jobs, 0o700);
  for (;;) {
    const id = jobId(nowMs, Math.random());
    try {
      mkdirSync(join(jobs, id), { mode: 0o700 });
      return { id, directory: join(jobs, id) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
