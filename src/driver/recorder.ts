import type { ByteString } from "../bytes/bytes.ts";
import type { Outcome } from "../core/events.ts";
import type { AttemptEnd } from "../interface/launcher.ts";
import { COMMAND_BYTES_MAX, type OutcomeKind, type OutcomeRecord } from "../journal/records.ts";
import type { AttemptOutput, JournalWriter } from "../journal/writer.ts";
import type { ShownAgain } from "../output/sink-types.ts";
import type { Attempt } from "./loop-types.ts";

/** What else there is to know of a task that has its outcome. */
export type OutcomeNotes = Pick<
  OutcomeRecord,
  "tag" | "reused" | "missed" | "host" | "stays" | "values" | "wholeCommand" | "sendBytes" | "returnBytes"
>;

/** What the next driver needs, if this one does not come to show the output. */
export function notesOf({ stays, values, command }: ShownAgain): OutcomeNotes {
  return {
    ...(stays !== undefined && { stays }),
    ...(values && { values }),
    ...(command !== undefined && command.length > COMMAND_BYTES_MAX && { wholeCommand: command }),
  };
}

/** Writes what happens to the journal, in the words of the journal. */
export interface Recorder {
  finished(
    attempt: Attempt,
    command: ByteString,
    end: AttemptEnd,
    outcome: Outcome | undefined,
    output: AttemptOutput,
    more?: OutcomeNotes,
  ): void;
  /** A task has an outcome and never ran, or not to an end that counts. */
  settled(seq: number, outcome: Outcome): void;
}

/** @param attemptsBefore what the task has had under drivers before this one: numbers go on from there */
export function recorder(
  journal: JournalWriter,
  peakMemoryOf: (id: number) => number | undefined,
  attemptsBefore: (task: number) => number,
): Recorder {
  return {
    finished(attempt, command, end, outcome, output, more) {
      const peakMemoryBytes = peakMemoryOf(attempt.id);
      const record = {
        task: attempt.task.seq,
        attempt: attemptsBefore(attempt.task.seq) + attempt.attempt,
        slot: attempt.slot,
        ...end.exit,
        startMs: end.startMs,
        endMs: end.endMs,
        command,
        ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
        ...(more?.host !== undefined && { host: more.host }),
        ...(end.lost !== undefined && { lost: end.lost }),
      };
      if (outcome === undefined) {
        journal.retry({ ...record, reason: "failed" });
        // Its output goes now, and with it what says that it had begun.
        journal.flush();
      } else {
        journal.outcome({ ...record, outcome: kindOf(outcome), ...more }, output);
      }
    },
    settled(seq, outcome) {
      const nowMs = Date.now();
      const nothing = {
        attempt: 0,
        slot: 0,
        exitCode: 0,
        signal: 0,
        startMs: nowMs,
        endMs: nowMs,
        command: "",
      };
      journal.outcome({ ...nothing, task: seq, outcome: kindOf(outcome) });
    },
  };
}

export function kindOf(outcome: Outcome): OutcomeKind {
  return KIND[outcome.type];
}

const KIND: Readonly<Record<Outcome["type"], OutcomeKind>> = {
  succeeded: "succeeded",
  failed: "failed",
  timedOut: "timed-out",
  cancelled: "cancelled",
  skipped: "skipped",
};
