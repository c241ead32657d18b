import type { Effect, JobEvent, JobSummary } from "../core/events.ts";
import type { JobPolicy, TaskClass } from "../core/policy.ts";
import type { JobState } from "../core/step.ts";
import type { GateCheck } from "./gate-check.ts";
import type { Attempt, AttemptTimes, Over, Task } from "./kind.ts";
import type { JobObserver } from "./observers.ts";

export interface DriverOptions<T extends Task> {
  readonly policy: JobPolicy;
  /** The scheduler's class 0. Default: as the policy says. */
  readonly plainClass?: TaskClass;
  readonly observer: JobObserver<T>;
  /** Told of each step of the scheduler, before its effects are performed. */
  readonly onStep?: (event: JobEvent, effects: readonly Effect[]) => void;
  /** Default: this machine's. */
  readonly time?: DriverTime;
  /** Told what has thrown that must not, when `done` has rejected. Default: nobody is. */
  readonly onBroken?: (error: unknown) => void;
}

export interface DriverTime {
  /** Milliseconds, which never run backwards. */
  nowMs(): number;
  /** Calls `act` in so many milliseconds, unless the returned function is called before. */
  timer(inMs: number, act: () => void): () => void;
}

/** What slots a pool has. See `slotsChanged` of JobEvent. */
export type SlotsOfPool = Omit<Extract<JobEvent, { type: "slotsChanged" }>, "nowMs" | "type" | "pool">;

/**
 * Joins the scheduler to the world, for tasks of every kind: what happens goes in, one thing at a time, and what the scheduler
 * asks for is done, in order.
 */
export interface Driver<T extends Task = Task> {
  /** The scheduler's, to be read. */
  readonly state: JobState;
  /** Tasks without an outcome, by number. */
  readonly open: ReadonlyMap<number, T>;
  /** Attempts that are under way, by the numbers of their tasks, oldest first. */
  readonly attempts: ReadonlyMap<number, Attempt<T>>;
  /** For how long the job has been stopped, in all: the scheduler's clock stands still meanwhile. */
  readonly stoppedMs: number;
  /** Resolves when every task has its outcome and no more can come, or the job was stopped. */
  readonly done: Promise<JobSummary>;

  /** The number of a class; the scheduler is told of it when `key` is first asked for. `make` may throw. */
  classOf(key: string, make: () => TaskClass): number;
  /**
   * Takes a task in, numbered on from the last. The scheduler hears of it, and it may start, at the end of this turn of the
   * event loop, or at the next `admit`.
   */
  add(task: T): void;
  /** The same of one that has its outcome from an earlier run: it is only counted. */
  addResumed(task: T): void;
  /** The scheduler hears of all that was added, now: in rows of those that are alike. */
  admit(): void;
  /** No more come. */
  closeInput(): void;
  // These do nothing for a task that has its outcome.
  /** What a blocked task waits for is there. */
  unblock(task: number): void;
  /** It will never be there: the task is skipped. */
  failInput(task: number): void;
  /** A blocked task was done without the slots: by an attempt of which observers were told, or without any. */
  doneElsewhere(task: number, succeeded: boolean, over?: Over<T>): void;

  /** An attempt has ended. Does nothing for one that is not under way. */
  ended(attempt: Attempt<T>, end: AttemptTimes): void;
  /** The same of several that one message has told of: what is to start instead is decided when all of them are known. */
  endedTogether(ends: readonly AttemptEnd<T>[]): void;
  /** An attempt that waited in its slot has come back. */
  returned(attempt: Attempt<T>): void;
  /** An attempt that the scheduler takes for running has not begun and never will. */
  neverBegan(attempt: Attempt<T>): void;

  /** Where the policy asks before each start, this is asked. To be told before there are slots. */
  askGates(check: GateCheck): void;
  setSlots(pool: number, slots: SlotsOfPool): void;
  setResources(totals: readonly number[]): void;
  /** Nothing starts while a gate is closed. */
  gate(reason: string, isOpen: boolean): void;
  drain(): void;
  /** One task, or all. */
  cancel(task?: number): void;
  evictYoungest(): void;
  /** The job is broken: `done` rejects. */
  fail(error: unknown): void;
  /** The job has been stopped for so long, and goes on: no timeout, delay or rest has passed meanwhile. */
  wasStopped(forMs: number): void;
}

export interface AttemptEnd<T extends Task> {
  readonly attempt: Attempt<T>;
  readonly end: AttemptTimes;
}
