import { fstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import { bufferOf } from "../bytes/bytes.ts";
import { tell } from "../standard-streams.ts";
import { appendFile } from "./append-file.ts";
import type { Claim } from "./claims.ts";
import { identify } from "./identity.ts";
import { keeper, outputSize } from "./keeper.ts";
import { taskCount } from "./outcomes.ts";
import { JOB_FILES } from "./places.ts";
import {
  encodeRecord,
  type JournalRecord,
  noOutcomes,
  type OutcomeCounts,
  type OutcomeRecord,
} from "./records.ts";
import { writeStatus } from "./status.ts";
import type { JournalOptions, JournalWriter } from "./writer.ts";

const STATUS_MS = 1000;

/** Where a journal that goes on stands; `keepBytes` of the journal is sound. */
export interface WriterPosition {
  readonly showing: number;
  readonly counts: OutcomeCounts;
  readonly totalTasks: number | undefined;
  readonly journalBytes?: number;
}

export const START: WriterPosition = { showing: 0, counts: noOutcomes(), totalTasks: undefined };

/** @param claim the right to write, released at the end */
export function recordWriter(
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
  let isBroken = false;
  /** Announced outputs, of all since the job began, that have been confirmed. */
  let confirmedCount = position.showing;
  /** The tasks of those that came after them; so many at its beginning have been written out. */
  let unconfirmed: number[] = [];
  let shownCount = 0;
  /** Confirmed, in memory: what was kept only for them goes when the journal says so. */
  const confirmed: number[] = [];
  const counts = { ...position.counts };
  let totalTasks = position.totalTasks;

  /** Runs what touches files; the first refusal ends the journal, not the job. */
  const guarded = (act: () => void): void => {
    if (ended) return;
    try {
      act();
    } catch (error) {
      ended = isBroken = true;
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
    get id() {
      return isBroken ? "" : id;
    },
    directory,
    attemptsDirectory: join(directory, JOB_FILES.attempts),
    outcome(record, sources = {}) {
      guarded(() => {
        counts[record.outcome]++;
        const name = `${record.task}.${record.attempt}`;
        const stdout = sources.stdout && outputs.keep(`${name}.out`, sources.stdout);
        const stderr = sources.stderr && outputs.keep(`${name}.err`, sources.stderr);
        add({ type: "outcome", ...record, ...(stdout && { stdout }), ...(stderr && { stderr }) });
      });
    },
    outcomes(record) {
      guarded(() => {
        counts.succeeded += taskCount(record);
        add({ type: "outcomes", ...record });
      });
    },
    retry: (record) => guarded(() => add({ type: "retry", ...record })),
    lost: (task, attempt) => guarded(() => add({ type: "lost", task, attempt })),
    slot: (slot, pid) =>
      guarded(() => add({ type: "slot", slot, pid, startTicks: identify(pid)?.startTicks ?? 0 })),
    showing(task, hasOutput) {
      guarded(() => {
        if (open?.task === task) {
          // Nothing to show is the usual case, and is what a record says that does not speak of it.
          journal.append(encodeRecord(hasOutput ? { ...open, showing: true } : open));
          open = undefined;
          if (!hasOutput) return;
        } else add({ type: "showing", task });
        unconfirmed.push(task);
      });
    },
    shown(task) {
      if (unconfirmed[shownCount] === task) shownCount++;
    },
    confirm(beyond = { stdout: 0, stderr: 0 }) {
      guarded(() => {
        if (shownCount === 0) return;
        confirmedCount += shownCount;
        // No flush for this: it goes with the next batch, and until then a crash shows a batch again at worst.
        const task = unconfirmed[shownCount - 1]!;
        const sizes = sizesWithout(beyond);
        journal.append(encodeRecord({ type: "shown", count: confirmedCount, task, sizes }));
        confirmed.push(...unconfirmed.slice(0, shownCount));
        unconfirmed = unconfirmed.slice(shownCount);
        shownCount = 0;
      });
    },
    closing: (bytes) => guarded(() => add({ type: "closing", bytes })),
    note(text) {
      const at = regularFile(2)?.size;
      // Announced, so that a crash between the two leaves no bytes that nobody knows of.
      if (at !== undefined) {
        guarded(() => add({ type: "note", at, bytes: text.length }));
        writer.flush();
      }
      tell(bufferOf(text));
    },
    inputKept: (bytes) => guarded(() => add({ type: "input", bytes })),
    total(tasks) {
      totalTasks = tasks;
      guarded(() => add({ type: "total", tasks }));
    },
    resumed: (record) => guarded(() => add({ type: "resumed", ...record })),
    status(make) {
      const nowMs = Date.now();
      if (nowMs - statusMs < STATUS_MS) return;
      statusMs = nowMs;
      guarded(() => {
        claim.renew();
        const known = { atMs: nowMs, counts, ...(totalTasks !== undefined && { totalTasks }) };
        writeStatus(directory, { ...known, ...make() });
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
        outputs.release(confirmed.splice(0));
      });
    },
    finish(exitCode, cancelled = false, atMs = Date.now()) {
      guarded(() => {
        const end = { exitCode, ...(cancelled && { cancelled }), atMs };
        add({ type: "finished", ...end, counts, ...(totalTasks !== undefined && { totalTasks }) });
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

/** The sizes of the two without what is beyond the outputs that are out; 0 of what is no regular file. */
function sizesWithout(beyond: { stdout: number; stderr: number }): [stdout: number, stderr: number] {
  const [stdout, stderr] = [regularFile(1), regularFile(2)];
  const isOne = stdout !== undefined && stdout.dev === stderr?.dev && stdout.ino === stderr.ino;
  const both = beyond.stdout + beyond.stderr;
  return [
    (stdout?.size ?? 0) - (isOne ? both : stdout ? beyond.stdout : 0),
    (stderr?.size ?? 0) - (isOne ? both : stderr ? beyond.stderr : 0),
  ];
}

function regularFile(fd: number): Stats | undefined {
  try {
    const stat = fstatSync(fd);
    return stat.isFile() ? stat : undefined;
  } catch {
    return undefined; // closed
  }
}

/** What a person is told when the file system refuses. */
export function refusal(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `this run has no journal and cannot be resumed: ${reason}`;
}
