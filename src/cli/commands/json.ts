import { type ByteString, decodeText, isText } from "../../bytes/bytes.ts";
import type { JobBrief } from "../../journal/brief.ts";
import { type JsonBytes, toJsonBytes } from "../../journal/json-bytes.ts";
import type { AttemptRecord, OutcomeCounts, OutcomeRecord, RetryRecord } from "../../journal/records.ts";
import type { RunningAttempt } from "../../journal/status.ts";

// What commands print with --json. One word stands for one thing in all of them (docs/reference/formats.md), and
// share/yonder.schema.json says it to programs. The files of the journal have names of their own, which older versions read.

export type Json = Readonly<Record<string, unknown>>;

/** Bytes: text, or base64 where it is none. */
export function jsonText(bytes: ByteString): JsonBytes {
  return isText(bytes) ? decodeText(bytes) : toJsonBytes(bytes);
}

export function jobJson(brief: JobBrief): Json {
  const { id, state, exitCode, request, endedMs, counts, totalTasks } = brief;
  return {
    id,
    state,
    exitCode,
    startedMs: request.startedMs,
    endedMs,
    counts: countsJson(counts),
    totalTasks,
    argv: request.argv.map(jsonText),
    cwd: jsonText(request.cwd),
    detached: request.detached ?? false,
  };
}

/** Of an attempt that is over, or the outcome of a task that has none. */
export function attemptJson(record: AttemptRecord | OutcomeRecord | RetryRecord): Json {
  const { task, attempt, slot, exitCode, signal, startMs, endMs, host, lost, error, peakMemoryBytes } =
    record;
  return {
    task,
    attempt,
    slot,
    ...verdictOf(record),
    exitCode,
    signal,
    startedMs: startMs,
    endedMs: endMs,
    host,
    lost,
    error: error === undefined ? undefined : jsonText(error),
    peakMemoryBytes,
    ...outcomeFacts(record),
  };
}

export function runningJson({ startMs, command, ...rest }: RunningAttempt): Json {
  return { ...rest, startedMs: startMs, command: jsonText(command) };
}

/** The word for an outcome, or for the reason of a retry. */
export function outcomeWord(kind: string): string {
  return kind === "timed-out" ? "timedOut" : kind;
}

function verdictOf(record: AttemptRecord | OutcomeRecord | RetryRecord): Json {
  // As it is read, a retry has the usual outcome, too: there is none.
  if ("reason" in record) return { reason: outcomeWord(record.reason) };
  return "outcome" in record ? { outcome: outcomeWord(record.outcome) } : {};
}

function outcomeFacts(record: AttemptRecord | OutcomeRecord | RetryRecord): Json {
  if (!("outcome" in record)) return { command: jsonText(record.command) };
  const { tag, stays, values, wholeCommand, sendBytes, returnBytes, reused, missed, command } = record;
  return {
    sentBytes: sendBytes,
    returnedBytes: returnBytes,
    reused,
    missed,
    tag: tag === undefined ? undefined : jsonText(tag),
    outputPath: stays === undefined ? undefined : jsonText(stays),
    command: jsonText(wholeCommand ?? command),
    values: values?.map(jsonText),
  };
}

function countsJson(counts: OutcomeCounts): Json {
  return Object.fromEntries(Object.entries(counts).map(([kind, count]) => [outcomeWord(kind), count]));
}
