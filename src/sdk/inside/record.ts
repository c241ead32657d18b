import { join } from "node:path";
import { type ByteString, encodeText } from "../../bytes/bytes.ts";
import type { Outcome } from "../../core/events.ts";
import { kindOf } from "../../driver/recorder.ts";
import { YonderError } from "../../interface/errors.ts";
import type { JournalWriter } from "../../journal/writer.ts";
import type { Call } from "../call.ts";
import type { AttemptTimes, SessionObserver } from "../session/observer.ts";
import { callCommand } from "./preview.ts";
import { type TaskOutputs, taskOutputs } from "./task-output.ts";
import { taskRuns } from "./task-runs.ts";

/** Writes what happens to tasks to the journal: alone what a person may ask about, in runs what was short and went well. */
export interface Recording {
  readonly observer: Partial<SessionObserver>;
  /** Hands over to the journal what waits here. */
  flush(): void;
  close(): void;
}

/** A task that took longer has a record of its own. */
const LONG_MS = 50;
const ERROR_CHARS_MAX = 4096;
/** After so many failures only what they say is kept, not where: a million of them must not fill the disk. */
const STACKS_MAX = 1000;

export function recordTasks(
  journal: JournalWriter,
  peakMemoryOf: (call: Call) => number | undefined,
  warn: (line: string) => void,
): Recording {
  const runs = taskRuns((record) => journal.outcomes(record));
  const outputs = taskOutputs(join(journal.attemptsDirectory, String(process.pid)), warn);
  let failures = 0;

  const errorOf = ({ error }: Call): { error?: ByteString } => {
    if (error === undefined) return {};
    const text = ++failures > STACKS_MAX ? shortError(error) : errorText(error);
    return { error: encodeText(text.slice(0, ERROR_CHARS_MAX)) };
  };
  function alone(
    call: Call,
    times: AttemptTimes,
    outcome: Outcome | undefined,
    peakMemoryBytes: number | undefined,
  ): void {
    const succeeded = outcome?.type === "succeeded";
    const record = {
      task: call.task,
      attempt: call.attempt,
      slot: call.slot,
      exitCode: succeeded ? 0 : 1,
      signal: 0,
      ...times,
      command: callCommand(call),
      ...(call.machine !== undefined && { host: call.machine }),
      ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
      ...(!succeeded && errorOf(call)),
    };
    const missed = call.memo && { missed: call.memo.reasons };
    if (outcome === undefined) {
      const stderrTail = outputs.drop(call);
      journal.retry({ ...record, reason: "failed", ...(stderrTail !== "" && { stderrTail }) });
    } else {
      outputs.take(call, (output) =>
        journal.outcome({ ...record, outcome: kindOf(outcome), ...missed }, output),
      );
      // Shown as it came.
      journal.showing(call.task, false);
    }
  }

  return {
    observer: {
      ended(call, { startMs, endMs }, outcome) {
        const peak = peakMemoryOf(call);
        const isShort = outcome?.type === "succeeded" && call.attempt === 1 && endMs - startMs < LONG_MS;
        if (isShort && peak === undefined && call.memo === undefined && !hasOutput(outputs, call))
          runs.add(call, startMs, endMs);
        else alone(call, { startMs, endMs }, outcome, peak);
      },
      settled(call, outcome) {
        peakMemoryOf(call);
        const nowMs = Date.now();
        const times = { startMs: nowMs, endMs: nowMs };
        const record = { task: call.task, attempt: 0, slot: 0, exitCode: 0, signal: 0, ...times };
        const command = callCommand(call);
        const error = call.error && { error: encodeText(shortError(call.error).slice(0, ERROR_CHARS_MAX)) };
        const reused = outcome.type === "succeeded" && ({ reused: true } as const);
        journal.outcome({ ...record, outcome: kindOf(outcome), command, ...error, ...reused });
        journal.showing(call.task, false);
      },
      output(call, stream, text) {
        if (call !== undefined) outputs.add(call, stream, text);
      },
    },
    flush: () => runs.flush(),
    close() {
      runs.flush();
      outputs.close();
    },
  };
}

function hasOutput(outputs: TaskOutputs, call: Call): boolean {
  return outputs.size > 0 && outputs.has(call);
}

/** The error with its stack, and those that caused it. */
function errorText(error: Error): string {
  // What no task has thrown is our own: its stack would lead nowhere.
  if (!("task" in error)) return shortError(error);
  let text = error.stack || shortError(error);
  let { cause } = error;
  for (let depth = 0; cause instanceof Error && depth < 4; depth++) {
    text += `\ncaused by ${cause.stack || shortError(cause)}`;
    ({ cause } = cause);
  }
  return text;
}

export function shortError(error: Error): string {
  return `${error instanceof YonderError ? error.code : error.name}: ${error.message}`;
}
