import { rangesOf } from "./outcomes.ts";
import {
  type FinishedRecord,
  type JournalRecord,
  noOutcomes,
  type OutcomeCounts,
  type OutcomeKind,
  type OutcomeRecord,
} from "./records.ts";
import { type TaskSet, taskSet } from "./task-set.ts";

/** What the records of a job add up to. Bounded: bits for the done, objects for the first failures only. */
export interface JournalSummary {
  /** Tasks that have their outcome, and do not run again. */
  readonly done: TaskSet;
  readonly counts: OutcomeCounts;
  /** Tasks whose outcome was not a success. */
  readonly failed: TaskSet;
  /** The first of them, by time. */
  readonly failures: readonly OutcomeRecord[];
  readonly retries: number;
  /** Succeeded without running: an earlier run has done the same. */
  readonly reused: number;
  /** The number of the last attempt; of a task that has no outcome and is not here, there was none. */
  readonly attempts: ReadonlyMap<number, number>;
  /** Set when all input had been read. */
  readonly totalTasks: number | undefined;
  /** All of standard input is in the job's directory. */
  readonly isInputKept: boolean;
  readonly finished: FinishedRecord | undefined;
  /** Shells that were started for slots, by slot: the last one of each. */
  readonly slotShells: ReadonlyMap<number, { readonly pid: number; readonly startTicks: number }>;
  readonly slots: number;
  /** Announced outputs and how many of them were said to be written out. */
  readonly announced: number;
  /** Lines that are not what was written, but for those that whoever went on knew of: outcomes may have been there. */
  readonly damaged: readonly number[];
  readonly shown: number;
}

export interface Summarizer {
  readonly summary: JournalSummary;
  /** Takes the next record. True where it is an outcome that counts, or several. */
  add(record: JournalRecord): boolean;
}

const FAILURES_MAX = 100;

export function summarizer(): Summarizer {
  const state = {
    done: taskSet(),
    counts: noOutcomes(),
    failed: taskSet(),
    failures: [] as OutcomeRecord[],
    /** The outcomes of tasks in `failed`, for the counts when they run again. */
    kinds: new Map<number, OutcomeKind>(),
    retries: 0,
    reused: 0,
    attempts: new Map<number, number>(),
    totalTasks: undefined as number | undefined,
    isInputKept: false,
    finished: undefined as JournalSummary["finished"],
    slotShells: new Map<number, { pid: number; startTicks: number }>(),
    slots: 0,
    announced: 0,
    damaged: [] as number[],
    shown: 0,
  };

  const outcome = (record: OutcomeRecord): boolean => {
    // One outcome each: the first counts, whatever a second says.
    if (!state.done.add(record.task)) return false;
    if (record.showing !== undefined) state.announced++;
    state.counts[record.outcome]++;
    if (record.reused) state.reused++;
    state.slots = Math.max(state.slots, record.slot);
    const isOver = record.outcome === "succeeded" || record.outcome === "skipped";
    const attempts = Math.max(record.attempt, state.attempts.get(record.task) ?? 0);
    // Of most tasks there was one attempt, which is not worth an entry.
    if (isOver || attempts === 1) state.attempts.delete(record.task);
    else state.attempts.set(record.task, attempts);
    if (isOver) return true;
    state.failed.add(record.task);
    if (record.outcome !== "failed") state.kinds.set(record.task, record.outcome);
    if (state.failures.length < FAILURES_MAX) state.failures.push(record);
    return true;
  };
  const reopen = (task: number): void => {
    if (!state.failed.delete(task)) return;
    state.done.delete(task);
    if (!state.attempts.has(task)) state.attempts.set(task, 1);
    state.counts[state.kinds.get(task) ?? "failed"]--;
    state.kinds.delete(task);
  };
  const add = (record: JournalRecord): boolean => {
    switch (record.type) {
      case "outcome":
        return outcome(record);
      case "outcomes":
        for (const { first, count } of rangesOf(record)) {
          state.counts.succeeded += state.done.addRange(first, count);
        }
        return true;
      case "retry":
        state.retries++;
        state.attempts.set(record.task, record.attempt);
        return false;
      case "lost":
        state.attempts.set(record.task, record.attempt);
        return false;
      case "slot":
        state.slotShells.set(record.slot, record);
        state.slots = Math.max(state.slots, record.slot);
        return false;
      case "showing":
        state.announced++;
        return false;
      case "shown":
        state.shown = record.count;
        return false;
      case "note":
      case "closing":
        return false;
      case "input":
        state.isInputKept = true;
        return false;
      case "total":
        state.totalTasks = record.tasks;
        return false;
      case "damaged":
        state.damaged.push(record.line);
        return false;
      case "resumed":
        state.finished = undefined;
        state.damaged = state.damaged.filter((line) => !record.damaged?.includes(line));
        // Whoever goes on with a job wants what was stopped, too.
        for (const [task, kind] of state.kinds) if (kind === "cancelled") reopen(task);
        for (const task of record.again === "failed" ? state.failed.values() : (record.again ?? []))
          reopen(task);
        state.failures = state.failures.filter((failure) => state.failed.has(failure.task));
        return false;
      case "finished":
        state.finished = record;
        return false;
      default:
        // A newer version's record: what it adds is not ours to judge.
        record satisfies never;
        return false;
    }
  };
  return { summary: state, add };
}
