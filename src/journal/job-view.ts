import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { liveClaims } from "./claims.ts";
import type { ProcessIdentity } from "./identity.ts";
import { JOB_FILES } from "./places.ts";
import type { FinishedRecord } from "./records.ts";
import { type JobRequest, readRequest } from "./request.ts";
import { scanJournal } from "./scan.ts";
import { type JobStatusAt, readStatus } from "./status.ts";
import { type JournalSummary, summarizer } from "./summary.ts";

/** `interrupted`: its driver is gone and did not say how the job ended. It can be resumed. */
export type JobState = "running" | "succeeded" | "failed" | "cancelled" | "interrupted";

export interface JobView {
  readonly id: string;
  readonly directory: string;
  readonly state: JobState;
  readonly request: JobRequest;
  readonly summary: JournalSummary;
  /** The driver, while it lives. */
  readonly driver: ProcessIdentity | undefined;
  /** What runs now; only of a job that runs. */
  readonly status: JobStatusAt | undefined;
  /** When the job ended, or was last heard of. */
  readonly endedMs: number | undefined;
  readonly journalBytes: number;
}

/** Undefined where the directory holds no job. */
export function readJob(directory: string): JobView | undefined {
  const request = readRequest(directory);
  if (request === undefined) return undefined;
  // The driver is looked for first: one that ends in between has written its end before it left.
  const driver = liveClaims(directory, "driver")[0]?.owner;
  const { summary, add } = summarizer();
  const journalBytes = scanJournal(directory, (record) => void add(record));
  const state = stateOf(summary.finished, driver !== undefined);
  return {
    id: basename(directory),
    directory,
    state,
    request,
    summary,
    driver: state === "running" ? driver : undefined,
    status: state === "running" ? readStatus(directory) : undefined,
    endedMs: state === "running" ? undefined : (summary.finished?.atMs ?? lastHeardMs(directory)),
    journalBytes,
  };
}

export function stateOf(finished: FinishedRecord | undefined, isDriven: boolean): JobState {
  if (finished === undefined) return isDriven ? "running" : "interrupted";
  if (finished.cancelled) return "cancelled";
  return finished.exitCode === 0 ? "succeeded" : "failed";
}

/** What a driver writes while it lives. The directory itself says nothing: whoever looks removes the claims of the dead. */
const SIGNS_OF_LIFE = [JOB_FILES.request, JOB_FILES.journal, JOB_FILES.status, JOB_FILES.stdin];

/** When a driver that is gone was last heard of. */
export function lastHeardMs(directory: string): number {
  const times = SIGNS_OF_LIFE.map(
    (name) => statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return Math.max(...times);
}
