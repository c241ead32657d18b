import { join } from "node:path";
import type { ByteString } from "../bytes/bytes.ts";
import { readSealed, writeSealed } from "../seal/whole-file.ts";
import { cutBytes, fromJsonBytes, type JsonBytes, toJsonBytes } from "./json-bytes.ts";
import { JOB_FILES } from "./places.ts";
import type { OutcomeCounts } from "./records.ts";

/** What a job does at one moment; the journal has only what is over. */
export interface JobStatus {
  readonly slots: number;
  /** At most a slot's worth each, so the file stays small. */
  readonly running: readonly RunningAttempt[];
  /** Tasks that are known and have not begun; undefined while nobody can say. */
  readonly waiting?: number;
  /** Why nothing more starts now, where it is not that all slots are busy: "load is 9.2, above 4". */
  readonly reason?: string;
}

export interface RunningAttempt {
  readonly task: number;
  readonly attempt: number;
  readonly slot: number;
  readonly startMs: number;
  readonly command: ByteString;
  readonly peakMemoryBytes?: number;
}

export interface JobStatusAt extends JobStatus {
  readonly atMs: number;
  readonly counts: OutcomeCounts;
  readonly totalTasks?: number;
}

const COMMAND_BYTES_MAX = 1024;

export function writeStatus(directory: string, status: JobStatusAt): void {
  const running = status.running.map((attempt) => ({
    ...attempt,
    command: toJsonBytes(cutBytes(attempt.command, COMMAND_BYTES_MAX)),
  }));
  writeSealed(join(directory, JOB_FILES.status), JSON.stringify({ ...status, running }));
}

/** Undefined where there is none, and where it is damaged: the next second brings another. */
export function readStatus(directory: string): JobStatusAt | undefined {
  const json = readSealed(join(directory, JOB_FILES.status)) as JobStatusAt | undefined;
  if (json === undefined) return undefined;
  const running = json.running.map((attempt) => ({
    ...attempt,
    command: fromJsonBytes(attempt.command as JsonBytes),
  }));
  return { ...json, running };
}
