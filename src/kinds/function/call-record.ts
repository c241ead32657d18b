import { type ByteString, encodeText } from "../../bytes/bytes.ts";
import type { Outcome } from "../../core/events.ts";
import type { Ended, Over } from "../../driver/kind.ts";
import type { TaskRecord } from "../../driver/record/task-record.ts";
import type { Call, CallTask } from "./call.ts";
import { callCommand, shortError } from "./call-text.ts";

const ERROR_CHARS_MAX = 4096;
/** After so many failures only what they say is kept, not where: a million of them must not fill the disk. */
const STACKS_MAX = 1000;

/** What the journal has of calls. */
export interface CallRecords {
  /** An attempt of a call is over. */
  count(end: Ended): void;
  record(call: CallTask, outcome: Outcome | undefined, over: Over<CallTask> | undefined): TaskRecord;
}

export function callRecords(): CallRecords {
  let failures = 0;

  function errorOf({ error }: Call, isAttempt: boolean): { error?: ByteString } {
    if (error === undefined) return {};
    const text = isAttempt && failures <= STACKS_MAX ? errorText(error) : shortError(error);
    return { error: encodeText(text.slice(0, ERROR_CHARS_MAX)) };
  }

  return {
    count({ exitCode }) {
      if (exitCode !== 0) failures++;
    },
    record(call, outcome, over) {
      const { error, machine, memo } = call;
      const succeeded = outcome?.type === "succeeded";
      const command = callCommand(call);
      if (over === undefined) {
        return {
          ran: { command, exitCode: 0, signal: 0, ...errorOf(call, false) },
          // It has its value, and no attempt of it has ended.
          ...(succeeded && { notes: { reused: true } }),
          isShown: true,
        };
      }
      return {
        ran: {
          command,
          exitCode: succeeded ? 0 : 1,
          signal: 0,
          ...(machine !== undefined && { host: machine }),
          ...(!succeeded && errorOf(call, true)),
        },
        ...(memo && { notes: { missed: memo.reasons } }),
        ...(!succeeded && { reason: error === undefined ? "failed" : shortError(error) }),
        isShown: true,
      };
    },
  };
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
