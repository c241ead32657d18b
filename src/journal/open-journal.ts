import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bufferOf } from "../bytes/bytes.ts";
import { makeDirectories } from "../directories.ts";
import { tell } from "../standard-streams.ts";
import { tryClaim } from "./claims.ts";
import { jobId } from "./job-id.ts";
import { jobsDirectory } from "./places.ts";
import { recordWriter, refusal, START } from "./record-writer.ts";
import { type JobRequest, writeRequest } from "./request.ts";
import type { JournalOptions, JournalWriter } from "./writer.ts";

/** How much output of a job is kept where nobody says. */
export const KEEP_BYTES_DEFAULT: number = 64 * 2 ** 20;

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
    closing: nothing,
    note: (text) => tell(bufferOf(text)),
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
