import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { basename, join } from "node:path";
import { liveClaims } from "./claims.ts";
import { type JobState, readJob, stateOf } from "./job-view.ts";
import { JOB_FILES } from "./places.ts";
import { decodeRecord, type FinishedRecord, type OutcomeCounts } from "./records.ts";
import { isSealed, type JobRequest, readRequest } from "./request.ts";
import { readStatus } from "./status.ts";

/** A line of the list of jobs. */
export interface JobBrief {
  readonly id: string;
  readonly state: JobState;
  readonly request: JobRequest;
  readonly counts: OutcomeCounts;
  readonly totalTasks: number | undefined;
  readonly endedMs: number | undefined;
  readonly exitCode: number | undefined;
}

/**
 * What `readJob` says in short, from the end of the journal or the status of the driver; only a crash needs the whole.
 * Undefined for a directory that holds no job, or a damaged one: nothing that is in one may hide the others.
 */
export function readBrief(directory: string): JobBrief | undefined {
  try {
    return briefOf(directory);
  } catch {
    return undefined;
  }
}

/** Whether there has been a job that nobody can read now. */
export function isDamaged(directory: string): boolean {
  return [JOB_FILES.request, JOB_FILES.journal].some((name) => existsSync(join(directory, name)));
}

function briefOf(directory: string): JobBrief | undefined {
  const request = readRequest(directory);
  if (request === undefined) return undefined;
  const id = basename(directory);
  const isDriven = liveClaims(directory, "driver").length > 0;
  const finished = lastRecord(directory, !isSealed(directory));
  if (finished) {
    const { counts, totalTasks, atMs: endedMs, exitCode } = finished;
    return { id, state: stateOf(finished, isDriven), request, counts, totalTasks, endedMs, exitCode };
  }
  const status = isDriven ? readStatus(directory) : undefined;
  if (status) {
    const { counts, totalTasks } = status;
    return { id, state: "running", request, counts, totalTasks, endedMs: undefined, exitCode: undefined };
  }
  const view = readJob(directory);
  if (view === undefined) return undefined;
  const { counts, totalTasks } = view.summary;
  const exitCode = view.summary.finished?.exitCode;
  return { id, state: view.state, request, counts, totalTasks, endedMs: view.endedMs, exitCode };
}

/** Longer than any `finished` record. */
const TAIL_BYTES = 1024;

function lastRecord(directory: string, mayLack: boolean): FinishedRecord | undefined {
  let fd: number;
  try {
    fd = openSync(join(directory, JOB_FILES.journal), "r");
  } catch {
    return undefined;
  }
  try {
    const tail = Buffer.alloc(TAIL_BYTES);
    const position = Math.max(0, fstatSync(fd).size - TAIL_BYTES);
    const lines = tail.toString("latin1", 0, readSync(fd, tail, 0, TAIL_BYTES, position)).split("\n");
    // What is behind the last newline is a torn line, or nothing.
    const record = lines.length > 1 ? decodeRecord(lines.at(-2)!, mayLack) : undefined;
    return record?.type === "finished" ? record : undefined;
  } finally {
    closeSync(fd);
  }
}
