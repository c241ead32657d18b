import type { ByteString } from "../bytes/bytes.ts";
import type { Outcome, StopCause } from "../core/events.ts";
import type { TimelineAttempt } from "../output/timeline/timeline.ts";
import type { TaskRecord } from "./record/task-record.ts";

/** A task as the driver knows it: what it is of, only its kind knows. */
export interface Task {
  /** 1-based position among the tasks of the job, of whichever kind. */
  readonly seq: number;
  readonly kind: TaskKind;
  /** The scheduler's class: 0 is the job's own, which does as the policy says. For others see `Driver.classOf`. */
  readonly class: number;
}

/** One execution of a task. */
export interface Attempt<T extends Task = Task> {
  /** Unique in the driver's life: it fences every message about the attempt. */
  readonly id: number;
  readonly task: T;
  /** Which of the task's attempts it is, from 1. */
  readonly number: number;
  /** Of the pool of the task's class, from 1. */
  readonly slot: number;
  /** It was given to its slot behind others. */
  readonly isAhead: boolean;
}

/** Milliseconds since the epoch, with fractions. */
export interface AttemptTimes {
  readonly startMs: number;
  readonly endMs: number;
}

/** An attempt that is over, and how it ended. */
export interface Over<T extends Task = Task, E extends Ended = Ended> {
  readonly attempt: Attempt<T>;
  readonly end: E;
}

/** How an attempt has ended, and counts for the scheduler. Each kind has more to tell. */
export interface Ended extends AttemptTimes {
  /** 0, with no signal, is the one success. */
  readonly exitCode: number;
  readonly signal: number;
  /** Default true. False: another try would end the same way. */
  readonly retriable?: boolean;
  /** Default false. True: it ended through no fault of its own, and is tried again whatever its tries. */
  readonly interrupted?: boolean;
}

/** Instead of what an attempt is launched with: the task is left out. */
export const SKIPPED: unique symbol = Symbol("skipped");

/**
 * A kind of task: commands, functions. The driver decides when an attempt begins, where, and whether it is tried again; a
 * kind knows what runs, and who gets what it gives. It is asked in this order: `render` and `launch`; what its launcher tells
 * of the end goes through `conclude`; then `keep`, `record` and `show`.
 *
 * @typeParam T its tasks
 * @typeParam L what its attempts are launched with
 * @typeParam R what its launcher reports of an end
 * @typeParam E what is made of that
 */
export interface TaskKind<
  T extends Task = Task,
  L = unknown,
  R extends AttemptTimes = AttemptTimes,
  E extends Ended = Ended,
> {
  /** Its word in records, and for people. */
  readonly name: string;
  /**
   * What a task needs before it gets in line. A missing input is waited for until `Driver.unblock` or `doneElsewhere`; with one
   * that failed the task is skipped. Without this method, tasks of the kind need nothing.
   */
  inputs?(task: T): InputState;
  /** What runs, with the task's values in it. */
  render(attempt: Attempt<T>): L | typeof SKIPPED;
  /**
   * Gives it to its slot, where it begins when what the slot had before of this kind has ended: by itself, for from that end
   * on the scheduler takes it for running, and may have it stopped. What becomes of it is told by `Driver.ended`,
   * `Driver.returned` or `Driver.neverBegan`, never from within.
   */
  launch(attempt: Attempt<T>, rendered: L): void;
  /**
   * Takes back an attempt that has not begun. True: it will not, and `returned` is called next. False: it has begun, or nobody
   * knows yet, and what becomes of it is told later.
   */
  revoke(attempt: Attempt<T>): boolean;
  /** Asks an attempt that runs to end. How it does is told as ever. */
  stop(attempt: Attempt<T>, why: StopCause): void;
  /** It was cancelled while it was to come back, and may have begun: its slot waits for it. Missing: it ends by itself. */
  dismiss?(attempt: Attempt<T>): void;
  /**
   * The attempt has come back unstarted: what was made for it goes. One that the driver held back behind another kind's was
   * rendered and never launched.
   */
  returned(attempt: Attempt<T>): void;
  /** What the end means that its launcher has reported. */
  conclude(attempt: Attempt<T>, end: R): E;
  /**
   * An attempt is over, or a task has its outcome without one that ended (skipped, done elsewhere, cancelled while it waited):
   * what it gave is kept, before anybody is told.
   *
   * @param outcome undefined: the task will be tried again
   */
  keep(task: T, outcome: Outcome | undefined, over: Over<T, E> | undefined): void;
  /**
   * What the journal has to know of that; the summary of failures, too. So it may be asked several times, and, where `groupOf`
   * says so, never.
   */
  record(task: T, outcome: Outcome | undefined, over: Over<T, E> | undefined): TaskRecord;
  /**
   * Tasks of one group that succeeded at once, at their first attempt, and of whom there is nothing to tell but that, may have
   * one record together. Missing, or undefined: each has its own.
   */
  groupOf?(task: T): RecordGroup | undefined;
  /** All know of it: what it gave goes to those who wait for it. With an outcome, nothing is asked of the task any more. */
  show(task: T, outcome: Outcome | undefined, over: Over<T, E> | undefined): void;
  /** What people are shown of a task that runs. */
  describe(attempt: Attempt<T>): ByteString;
  /** What a timeline shows of an attempt that has ended. */
  slice(over: Over<T, E>, outcome: Outcome | undefined): Slice;
  /** How much memory an attempt takes now, in bytes. Missing, or undefined: nobody can say. */
  memoryOf?(attempt: Attempt<T>): number | undefined;
}

/** Where in a timeline an attempt stands, and under which name. */
export type Slice = Omit<TimelineAttempt, "startMs" | "endMs" | "result">;

export type InputState = "there" | "missing" | "failed";

/** Whatever tells one group of tasks from another. */
export interface RecordGroup {
  /** What people are shown of any of its tasks. */
  readonly text: ByteString;
}
