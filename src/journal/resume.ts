import { existsSync, fstatSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { YonderError } from "../interface/errors.ts";
import { type Claim, claimAlone, liveClaims } from "./claims.ts";
import { damagedJournal, damagedRequest } from "./damage.ts";
import { emission, type ThereBytes } from "./emission.ts";
import { JOB_FILES } from "./places.ts";
import { recordWriter } from "./record-writer.ts";
import type { OutcomeRecord } from "./records.ts";
import { type JobRequest, type OutputFile, readRequest } from "./request.ts";
import { readRecord, scanJournal } from "./scan.ts";
import { type JournalSummary, summarizer } from "./summary.ts";
import type { JournalOptions, JournalWriter } from "./writer.ts";

/** A job as its last driver left it, now ours. */
export interface ResumedJob {
  readonly id: string;
  readonly directory: string;
  readonly request: JobRequest;
  readonly summary: JournalSummary;
  /** The task has its outcome and must not run. */
  done(task: number): boolean;
  /** How many attempts the task has had. */
  attemptsBefore(task: number): number;
  /** Records the attempts that the last driver did not see end, and removes their outputs. Once its orphans are gone. */
  takeStock(): void;
  /** Tasks whose outputs are shown before anything else, in this order. */
  readonly pending: readonly number[];
  /** How much of what these outputs look like is there already. */
  readonly there: ThereBytes;
  /** How much is there of the last words, which come behind all outputs: see `Emission`. */
  readonly closedBytes: number;
  /** Further tasks that are done and whose output waits for its turn, in the order of tasks. */
  readonly held: readonly number[];
  /** Tasks whose outputs have been shown, and confirmed. */
  readonly shownCount: number;
  /** How a task of `pending` or `held` ended, with where its output is. */
  outcomeOf(task: number): OutcomeRecord | undefined;
  /** The standard input that was used as arguments, as far as it was read; undefined where there is none. */
  readonly stdinPath: string | undefined;
  /** Goes on where the last journal stopped. */
  readonly journal: JournalWriter;
}

export interface HowToResume {
  /** Run the failed tasks, or these, once more. */
  readonly again?: "failed" | readonly number[] | undefined;
  /**
   * A journal with damaged lines, where outcomes may have been: it is refused; or a person knows of it, and tasks without a
   * known outcome run again; or no task will run, and the next who comes is to be asked.
   */
  readonly damaged?: "refuse" | "accept" | "leave";
}

/**
 * Takes a job over: nobody else can, until the journal is finished or this process is gone.
 *
 * @throws YonderError JOURNAL where it has a driver that lives, or is damaged
 */
export function resumeJob(
  options: JournalOptions,
  directory: string,
  { again, damaged = "refuse" }: HowToResume = {},
): ResumedJob {
  const id = basename(directory);
  const request = readRequest(directory);
  if (request === undefined) throw damagedRequest(directory);
  const claim = claimJob(id, directory);
  const shown = emission(request.stdout, request.stderr);
  const { summary, add } = summarizer();
  const runsAgain = (task: number): boolean => !summary.done.has(task);
  const journalBytes = scanJournal(directory, (record, offset) => {
    // Of a task that is done already, a second outcome means nothing, and neither does its output.
    if (record.type !== "outcome" || !summary.done.has(record.task)) shown.add(record, offset);
    add(record);
    if (record.type === "resumed") shown.forget(runsAgain);
  });
  if (summary.damaged.length > 0 && damaged === "refuse") {
    claim.release();
    throw damagedJournal(directory, summary.damaged);
  }
  const stdout = regularFile(1);
  const stderr = regularFile(2);
  const record = {
    type: "resumed",
    atMs: Date.now(),
    ...(again !== undefined && { again }),
    ...(damaged === "accept" && summary.damaged.length > 0 && { damaged: [...summary.damaged] }),
    ...(stdout && { stdout }),
    ...(stderr && { stderr }),
  } as const;
  add(record);
  shown.forget(runsAgain);
  const there = shown.thereBytes({ stdout, stderr });
  const closedBytes = shown.closedBytes({ stdout, stderr });
  const position = { ...summary, showing: summary.announced, journalBytes };
  const journal = recordWriter(options, id, directory, claim, position);
  journal.resumed(record);
  const stdinPath = join(directory, JOB_FILES.stdin);
  return {
    id,
    directory,
    request,
    summary,
    done: (task) => summary.done.has(task),
    attemptsBefore: (task) => summary.attempts.get(task) ?? 0,
    takeStock() {
      const attempts = join(directory, JOB_FILES.attempts);
      for (const task of begunIn(attempts)) {
        if (summary.done.has(task)) continue;
        const lost = { type: "lost", task, attempt: (summary.attempts.get(task) ?? 0) + 1 } as const;
        journal.lost(lost.task, lost.attempt);
        add(lost);
      }
      journal.flush();
      removeScratch(attempts);
    },
    pending: shown.pending,
    there,
    closedBytes,
    held: shown.held(),
    shownCount: shown.shownCount,
    outcomeOf(task) {
      const offset = shown.offsets.get(task);
      const found = offset === undefined ? undefined : readRecord(directory, offset);
      return found?.type === "outcome" ? found : undefined;
    },
    stdinPath: existsSync(stdinPath) ? stdinPath : undefined,
    journal,
  };
}

/** Identity and size of an open descriptor that is a regular file. */
export function regularFile(fd: number): OutputFile | undefined {
  try {
    const stat = fstatSync(fd);
    return stat.isFile() ? { dev: stat.dev, ino: stat.ino, startBytes: stat.size } : undefined;
  } catch {
    return undefined; // closed
  }
}

/** The tasks of attempts that have begun: the second thing that a slot does is to make the file for standard error. */
function begunIn(attempts: string): Set<number> {
  const names = scratchIn(attempts).flatMap((directory) => readdirSync(directory));
  return new Set(names.flatMap((name) => /^(\d+)\.\d+\.err$/.exec(name)?.[1] ?? []).map(Number));
}

/** Half outputs of attempts. What the journal holds are files, and stays. */
function removeScratch(attempts: string): void {
  for (const directory of scratchIn(attempts)) rmSync(directory, { recursive: true, force: true });
}

function scratchIn(attempts: string): string[] {
  try {
    const entries = readdirSync(attempts, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(attempts, name));
  } catch {
    return []; // nothing there
  }
}

function claimJob(id: string, directory: string): Claim {
  const claim = claimAlone(directory, "driver");
  if (claim) return claim;
  const owner = liveClaims(directory, "driver")[0]?.owner;
  throw new YonderError("JOURNAL", {
    message: `job ${id} is running${owner ? ` (process ${owner.pid} on ${owner.host})` : ""}`,
    remedy: `see it with: yonder show ${id}; stop it with: yonder cancel ${id}`,
  });
}
