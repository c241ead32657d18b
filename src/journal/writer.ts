import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ByteString } from "../bytes/bytes.ts";
import { appendFile } from "./append-file.ts";
import { type Claim, tryClaim } from "./claims.ts";
import { identify } from "./identity.ts";
import { jobId } from "./job-id.ts";
import { keeper, type OutputSource, outputSize } from "./keeper.ts";
import { JOB_FILES, jobsDirectory } from "./places.ts";
import {
  encodeRecord,
  type JournalRecord,
  type OutcomeRecord,
  type ResumedRecord,
  type RetryRecord,
} from "./records.ts";
import { type JobRequest, writeRequest, writeWhole } from "./request.ts";
import { encodeStatus, type JobStatus } from "./status.ts";

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
  /** "" where there is no journal. */
  readonly id: string;
  readonly directory: string;
  /** A place for the outputs of attempts that run; outputs made here can be kept without a copy. */
  readonly attemptsDirectory: string;
  outcome(record: Omit<OutcomeRecord, "type" | "stdout" | "stderr">, output?: AttemptOutput): void;
  retry(record: Omit<RetryRecord, "type">): void;
  slot(slot: number, pid: number): void;
  /**
   * The output of a task that has its outcome is written out next: so many bytes. Each task once, in the order of
   * writing; the same call for a task without output. Cheapest right behind its `outcome`.
   */
  showing(task: number, stdoutBytes: number, stderrBytes: number): void;
  /** Everything announced by `showing` before the last flush has been written out. */
  shown(): void;
  total(tasks: number): void;
  /** The first record of a process that goes on with a job. */
  resumed(record: Omit<ResumedRecord, "type">): void;
  /** What runs and waits now. Call it as often as convenient: `make` is called at most once a second. */
  status(make: () => JobStatus): void;
  flush(): void;
  /** The job is over. Writes everything and gives the job free. Safe to repeat; the first call counts. */
  finish(exitCode: number, cancelled?: boolean): void;
}

export interface AttemptOutput {
  readonly stdout?: OutputSource;
  readonly stderr?: OutputSource;
}

const STATUS_MS = 1000;

/** Makes the directory of a new job, with what it was asked to do, and a writer. */
export function openJournal(options: JournalOptions, request: JobRequest): JournalWriter {
  try {
    const { id, directory } = newDirectory(options, request.startedMs);
    const claim = tryClaim(directory, "driver");
    if (claim === undefined) throw new Error(`job ${id} has a driver already`);
    writeRequest(directory, request);
    return writerFor(options, id, directory, claim, { showing: 0 });
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
    retry: nothing,
    slot: nothing,
    showing: nothing,
    shown: nothing,
    total: nothing,
    resumed: nothing,
    status: nothing,
    flush: nothing,
    finish: nothing,
  };
}

function newDirectory(options: JournalOptions, nowMs: number): { id: string; directory: string } {
  const jobs = jobsDirectory(options.env);
  if (options.id !== undefined) return { id: options.id, directory: join(jobs, options.id) };
  mkdirSync(jobs, { recursive: true, mode: 0o700 });
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

/** Where a journal that goes on stands; `keepBytes` of the journal is sound. */
export interface WriterPosition {
  readonly showing: number;
  readonly journalBytes?: number;
}

/** @param claim the right to write, released at the end */
export function writerFor(
  options: JournalOptions,
  id: string,
  directory: string,
  claim: Claim,
  position: WriterPosition,
): JournalWriter {
  const journal = appendFile(join(directory, JOB_FILES.journal), position.journalBytes);
  const output = appendFile(join(directory, JOB_FILES.output), outputSize(directory));
  const outputs = keeper(directory, output, options.keepBytes);
  /** The last outcome waits for the `showing` that belongs to it. */
  let open: OutcomeRecord | undefined;
  let scheduled: NodeJS.Immediate | undefined;
  let statusMs = 0;
  let ended = false;
  /** Announced outputs: all, those in the file, and their tasks since the last `shown`. */
  let announced = position.showing;
  let flushed = announced;
  let unconfirmed: number[] = [];

  /** Runs what touches files; the first refusal ends the journal, not the job. */
  const guarded = (act: () => void): void => {
    if (ended) return;
    try {
      act();
    } catch (error) {
      ended = true;
      clearImmediate(scheduled);
      options.warn(refusal(error));
    }
  };
  const add = (record: JournalRecord): void => {
    if (open !== undefined) journal.append(encodeRecord({ ...open, held: true }));
    open = undefined;
    if (record.type === "outcome") open = record;
    else journal.append(encodeRecord(record));
    scheduled ??= setImmediate(() => writer.flush());
  };

  const writer: JournalWriter = {
    id,
    directory,
    attemptsDirectory: join(directory, JOB_FILES.attempts),
    outcome(record, sources = {}) {
      guarded(() => {
        const name = `${record.task}.${record.attempt}`;
        const stdout = sources.stdout && outputs.keep(`${name}.out`, sources.stdout);
        const stderr = sources.stderr && outputs.keep(`${name}.err`, sources.stderr);
        add({ type: "outcome", ...record, ...(stdout && { stdout }), ...(stderr && { stderr }) });
      });
    },
    retry: (record) => guarded(() => add({ type: "retry", ...record })),
    slot: (slot, pid) =>
      guarded(() => add({ type: "slot", slot, pid, startTicks: identify(pid)?.startTicks ?? 0 })),
    showing(task, stdoutBytes, stderrBytes) {
      guarded(() => {
        const bytes = [stdoutBytes, stderrBytes] as const;
        if (open?.task === task) {
          // Nothing to show is the usual case, and is what a record says that does not speak of it.
          const isEmpty = stdoutBytes + stderrBytes === 0;
          journal.append(encodeRecord(isEmpty ? open : { ...open, showing: bytes }));
          open = undefined;
          if (isEmpty) return;
        } else add({ type: "showing", task, bytes });
        announced++;
        unconfirmed.push(task);
      });
    },
    shown() {
      guarded(() => {
        if (unconfirmed.length === 0) return;
        // No flush for this: it goes with the next batch, and until then a crash shows a batch again at worst.
        journal.append(encodeRecord({ type: "shown", count: flushed }));
        const late = unconfirmed.splice(unconfirmed.length - (announced - flushed));
        outputs.release(unconfirmed);
        unconfirmed = late;
      });
    },
    total: (tasks) => guarded(() => add({ type: "total", tasks })),
    resumed: (record) => guarded(() => add({ type: "resumed", ...record })),
    status(make) {
      const nowMs = Date.now();
      if (nowMs - statusMs < STATUS_MS) return;
      statusMs = nowMs;
      guarded(() => {
        claim.renew();
        writeWhole(join(directory, JOB_FILES.status), encodeStatus(make(), nowMs));
      });
    },
    flush() {
      guarded(() => {
        clearImmediate(scheduled);
        scheduled = undefined;
        if (open !== undefined) journal.append(encodeRecord({ ...open, held: true }));
        open = undefined;
        output.flush();
        journal.flush();
        flushed = announced;
      });
    },
    finish(exitCode, cancelled = false) {
      guarded(() => {
        add({ type: "finished", exitCode, ...(cancelled && { cancelled }), atMs: Date.now() });
        writer.flush();
        ended = true;
      });
      output.close();
      journal.close();
      claim.release();
    },
  };
  return writer;
}

function refusal(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `this run has no journal and cannot be resumed: ${reason as ByteString}`;
}
