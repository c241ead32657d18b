import type { Outcome } from "../../core/events.ts";
import type { OutcomeKind } from "../../journal/records.ts";
import type { JournalWriter } from "../../journal/writer.ts";
import type { Over, Task } from "../kind.ts";
import type { JobObserver } from "../observers.ts";
import type { PeakMemory } from "./peak-memory.ts";
import { recordGroups } from "./record-groups.ts";
import { type WrittenOutputs, writtenOutputs } from "./written-outputs.ts";

/** Writes what happens to tasks to the journal: alone what a person may ask about, in groups what was short and went well. */
export interface Recorder {
  readonly observer: Partial<JobObserver>;
  /** Hands over to the journal what waits here. */
  flush(): void;
  close(): void;
}

/** A task that took longer has a record of its own. */
const LONG_MS = 50;

export interface RecorderOptions {
  readonly journal: JournalWriter;
  readonly peaks: PeakMemory;
  /** What a task has had under drivers before this one: numbers go on from there. */
  readonly attemptsBefore: (task: number) => number;
  readonly warn: (line: string) => void;
}

export function createRecorder({ journal, peaks, attemptsBefore, warn }: RecorderOptions): Recorder {
  const groups = recordGroups((record) => journal.outcomes(record));
  const outputs: WrittenOutputs = writtenOutputs(`${journal.attemptsDirectory}/${process.pid}`, warn);

  function ended(over: Over, outcome: Outcome | undefined): void {
    const { attempt, end } = over;
    const { task } = attempt;
    const peak = peaks.take(attempt.id);
    const isBrief =
      outcome?.type === "succeeded" &&
      attempt.number === 1 &&
      end.endMs - end.startMs < LONG_MS &&
      peak === undefined &&
      !outputs.has(task.seq);
    const group = isBrief ? task.kind.groupOf?.(task) : undefined;
    if (group !== undefined) groups.add(group, task.seq, end.startMs, end.endMs);
    else alone(over, outcome, peak);
  }

  function alone(over: Over, outcome: Outcome | undefined, peakMemoryBytes: number | undefined): void {
    const { attempt, end } = over;
    const { task, slot } = attempt;
    const { ran, notes, output, isShown } = task.kind.record(task, outcome, over);
    const record = {
      task: task.seq,
      attempt: attemptsBefore(task.seq) + attempt.number,
      slot,
      startMs: end.startMs,
      endMs: end.endMs,
      ...ran,
      ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
    };
    if (outcome === undefined) {
      const stderrTail = outputs.drop(task.seq);
      journal.retry({ ...record, reason: "failed", ...(stderrTail !== "" && { stderrTail }) });
      // What it has captured goes now, and with it what says that it had begun.
      journal.flush();
    } else {
      outputs.take(task.seq, (written) =>
        journal.outcome({ ...record, ...notes, outcome: kindOf(outcome) }, written ?? output),
      );
      if (isShown) journal.showing(task.seq, false);
    }
  }

  /** A task has an outcome and never ran, or not to an end that counts. */
  function settled(task: Task, outcome: Outcome): void {
    const { ran, notes, output, isShown } = task.kind.record(task, outcome, undefined);
    const nowMs = Date.now();
    const record = { task: task.seq, attempt: 0, slot: 0, startMs: nowMs, endMs: nowMs, ...ran, ...notes };
    journal.outcome({ ...record, outcome: kindOf(outcome) }, output);
    if (isShown) journal.showing(task.seq, false);
  }

  return {
    observer: {
      ended,
      settled,
      output(task, stream, text) {
        if (task !== undefined) outputs.add(task.seq, stream, text);
      },
    },
    flush: groups.flush,
    close() {
      groups.flush();
      outputs.close();
    },
  };
}

function kindOf(outcome: Outcome): OutcomeKind {
  return KIND[outcome.type];
}

const KIND: Readonly<Record<Outcome["type"], OutcomeKind>> = {
  succeeded: "succeeded",
  failed: "failed",
  timedOut: "timed-out",
  cancelled: "cancelled",
  skipped: "skipped",
};
