import type { ByteString } from "../bytes/bytes.ts";
import { roundedMs } from "../clock.ts";
import { seal, unseal } from "../seal/line.ts";
import { cutBytes, fromJsonBytes, type JsonBytes, toJsonBytes } from "./json-bytes.ts";
import type { OutputFile } from "./request.ts";

/** How a task ended; exactly one each. */
export type OutcomeKind = "succeeded" | "failed" | "timed-out" | "cancelled" | "skipped";

export type OutcomeCounts = Readonly<Record<OutcomeKind, number>>;

export function noOutcomes(): Record<OutcomeKind, number> {
  return { succeeded: 0, failed: 0, "timed-out": 0, cancelled: 0, skipped: 0 };
}

/** Where a stream's bytes are: in `output`, in a file of their own, or nowhere (only counted). */
export type OutputRef =
  | { readonly at: number; readonly bytes: number; readonly crc32?: string }
  | { readonly file: string; readonly bytes: number }
  | { readonly bytes: number };

/** One execution, as it ended. */
export interface AttemptRecord {
  /** 1-based: GNU parallel's {#}. */
  readonly task: number;
  /** 1-based. */
  readonly attempt: number;
  readonly slot: number;
  readonly exitCode: number;
  readonly signal: number;
  readonly startMs: number;
  readonly endMs: number;
  /** The first 4 KiB of it. */
  readonly command: ByteString;
  /** Sampled while it ran, so it may be missing for a short one. */
  readonly peakMemoryBytes?: number;
  /** The last lines of standard error, where they are kept nowhere else. */
  readonly stderrTail?: ByteString;
  /** Where it ran; missing for this machine. */
  readonly host?: string;
  /** Why nobody knows how it would have ended: its host is gone, or its session there. */
  readonly lost?: string;
  /** Of a function that failed: its error with the stack. */
  readonly error?: ByteString;
}

/** The task is over: the outcome counts, and the task never runs again unless a person asks for it. */
export interface OutcomeRecord extends AttemptRecord {
  readonly type: "outcome";
  readonly outcome: OutcomeKind;
  readonly stdout?: OutputRef;
  readonly stderr?: OutputRef;
  /** The output is written out next; missing where there is none. */
  readonly showing?: true;
  /** What stands before its lines. */
  readonly tag?: ByteString;
  /** Where its output stays: the path of --results, or the file of --files. */
  readonly stays?: ByteString;
  /** Its arguments, where they stand beside its output. */
  readonly values?: readonly ByteString[];
  /** All of a long command, where it is shown. */
  readonly wholeCommand?: ByteString;
  /** As the joblog has them; missing where there were none. */
  readonly sendBytes?: number;
  readonly returnBytes?: number;
  /** It did not run: an earlier run has done the same, and what it gave is there. */
  readonly reused?: true;
  /** Of one that might have been reused: why it was not, a phrase each. */
  readonly missed?: readonly string[];
  /** The output waits for its turn; a `showing` record will follow. */
  readonly held?: true;
}

/** The attempt is over and another will follow. */
export interface RetryRecord extends AttemptRecord {
  readonly type: "retry";
  readonly reason: "failed" | "timed-out" | "memory";
}

/**
 * Many tasks of one function that succeeded at their first attempt, too fast for a record each. They have written nothing.
 */
export interface OutcomesRecord {
  readonly type: "outcomes";
  /** The first of the tasks. */
  readonly from: number;
  /** How many tasks from there on are meant, then how many are not, and so on in turns: [3, 1, 2] from 7 is 7 8 9 11 12. */
  readonly runs: readonly number[];
  /** The start of the first, the end of the last. */
  readonly startMs: number;
  readonly endMs: number;
  readonly command: ByteString;
}

export interface LostRecord {
  readonly type: "lost";
  readonly task: number;
  readonly attempt: number;
}

export interface ShowingRecord {
  readonly type: "showing";
  readonly task: number;
}

/** Another process took over. */
export interface ResumedRecord {
  readonly type: "resumed";
  readonly atMs: number;
  /** The failed tasks, or these, are to run once more. */
  readonly again?: "failed" | readonly number[];
  /** These lines before it are damaged, and whoever went on knew it. */
  readonly damaged?: readonly number[];
  /** Where this process writes to. */
  readonly stdout?: OutputFile;
  readonly stderr?: OutputFile;
}

/** Never written: a reader is told so where a line is not what was written there. */
export interface DamagedRecord {
  readonly type: "damaged";
  /** The first line is 1. */
  readonly line: number;
}

export type JournalRecord =
  | OutcomeRecord
  | OutcomesRecord
  | RetryRecord
  /** The attempt had begun when its driver was killed: nobody knows how it ended. */
  | LostRecord
  /** A slot's shell was started: what a resume must look for after a crash. */
  | { readonly type: "slot"; readonly slot: number; readonly pid: number; readonly startTicks: number }
  /** This task's output will be written next. */
  | ShowingRecord
  /** So many announced outputs, of all since the job began, have been written out; the last one, and the sizes of the files. */
  | {
      readonly type: "shown";
      readonly count: number;
      readonly task?: number;
      readonly sizes: readonly [stdout: number, stderr: number];
    }
  /** The driver writes so much of its own to standard error next, which then has this size. */
  | { readonly type: "note"; readonly at: number; readonly bytes: number }
  /** All outputs are out, and so much that is no task's is written to standard output next, and nothing after it. */
  | { readonly type: "closing"; readonly bytes: number }
  /** All of standard input has been read, and kept: so many bytes. */
  | { readonly type: "input"; readonly bytes: number }
  /** All input has been read, and made into tasks. */
  | { readonly type: "total"; readonly tasks: number }
  | ResumedRecord
  | FinishedRecord
  | DamagedRecord;

/** The job is over. It repeats the counts, so that a list of jobs need not read whole journals. */
export interface FinishedRecord {
  readonly type: "finished";
  readonly exitCode: number;
  readonly cancelled?: boolean;
  readonly atMs: number;
  readonly counts: OutcomeCounts;
  readonly totalTasks?: number;
}

/** Long commands are kept in part: a million of them must not fill the disk. */
export const COMMAND_BYTES_MAX = 4096;

/** One line, sealed. What is usual is left out, which halves the size of the journal of a million tasks. */
export function encodeRecord(record: JournalRecord): ByteString {
  if (record.type === "outcomes") {
    const command = toJsonBytes(cutBytes(record.command, COMMAND_BYTES_MAX));
    return `${seal(JSON.stringify({ ...record, command }))}\n`;
  }
  if (record.type !== "outcome" && record.type !== "retry") return `${seal(JSON.stringify(record))}\n`;
  const { type, task, attempt, slot, exitCode, signal, startMs, endMs, command, stderrTail, error, ...rest } =
    record;
  // Put together by hand, as it is done for every task: an object for JSON.stringify takes half as long again.
  let text = `{"type":"${type}","task":${task}`;
  if (attempt !== 1) text += `,"attempt":${attempt}`;
  text += `,"slot":${slot}`;
  if (exitCode !== 0) text += `,"exitCode":${exitCode}`;
  if (signal !== 0) text += `,"signal":${signal}`;
  text += `,"startMs":${roundedMs(startMs)},"endMs":${roundedMs(endMs)}`;
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || value === "succeeded") continue;
    text += `,"${name}":${JSON.stringify(jsonOf(name, value))}`;
  }
  if (stderrTail) text += `,"stderrTail":${JSON.stringify(toJsonBytes(stderrTail))}`;
  if (error) text += `,"error":${JSON.stringify(toJsonBytes(error))}`;
  return `${seal(`${text},"command":${JSON.stringify(toJsonBytes(cutBytes(command, COMMAND_BYTES_MAX)))}}`)}\n`;
}

function jsonOf(name: string, value: unknown): unknown {
  switch (name) {
    case "tag":
    case "stays":
    case "wholeCommand":
      return toJsonBytes(value as ByteString);
    case "values":
      return (value as readonly ByteString[]).map(toJsonBytes);
    default:
      return value;
  }
}

/**
 * Undefined for a line that is not what was written.
 *
 * @param mayLack the journal is of a version that did not seal its lines
 */
export function decodeRecord(line: ByteString, mayLack = false): JournalRecord | undefined {
  const text = unseal(line, mayLack);
  if (text === undefined) return undefined;
  let json: Record<string, unknown> & { type?: string };
  try {
    json = JSON.parse(text) as typeof json;
  } catch {
    return undefined;
  }
  if (!isRecord(json)) return undefined;
  switch (json.type) {
    case "outcomes":
      return { ...json, command: "", ...bytesFields(json) } as unknown as OutcomesRecord;
    case "outcome":
    case "retry":
      return {
        attempt: 1,
        exitCode: 0,
        signal: 0,
        outcome: "succeeded",
        command: "",
        ...json,
        ...bytesFields(json),
      } as unknown as OutcomeRecord;
    default:
      return json as unknown as JournalRecord;
  }
}

/** So much is looked at in lines without a seal, which damage may have made anything. */
function isRecord(json: unknown): json is Record<string, unknown> & { type: string } {
  if (typeof json !== "object" || json === null || !("type" in json)) return false;
  const { type, task, runs } = json as { type: unknown; task?: unknown; runs?: unknown };
  if (type === "outcomes") return Array.isArray(runs) && runs.every(Number.isSafeInteger);
  const isOfTask = typeof type === "string" && OF_A_TASK.has(type);
  return typeof type === "string" && (!isOfTask || (Number.isSafeInteger(task) && (task as number) > 0));
}

const OF_A_TASK: ReadonlySet<string> = new Set(["outcome", "retry", "lost", "showing"]);

const BYTES_FIELDS = ["command", "stderrTail", "tag", "stays", "wholeCommand", "error"] as const;

function bytesFields(json: Record<string, unknown>): Record<string, ByteString | ByteString[]> {
  const fields: Record<string, ByteString | ByteString[]> = {};
  for (const name of BYTES_FIELDS) {
    if (json[name] !== undefined) fields[name] = fromJsonBytes(json[name] as JsonBytes);
  }
  if (json["values"] !== undefined) fields["values"] = (json["values"] as JsonBytes[]).map(fromJsonBytes);
  return fields;
}
