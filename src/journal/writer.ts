import type { ByteString } from "../bytes/bytes.ts";
import type { OutputSource } from "./keeper.ts";
import type { OutcomeRecord, OutcomesRecord, ResumedRecord, RetryRecord } from "./records.ts";
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
  /** All outputs have been confirmed, and last words of so many bytes are written to standard output next. */
  closing(bytes: number): void;
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
