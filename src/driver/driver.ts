import { nowMs } from "../clock.ts";
import type { Effect, JobEvent, JobSummary, Outcome } from "../core/events.ts";
import type { JobPolicy, TaskClass } from "../core/policy.ts";
import { createJob, type JobState, step } from "../core/step.ts";
import { stateOf } from "../core/task-table.ts";
import { type Attempt, type AttemptTimes, type InputState, type Over, SKIPPED, type Task } from "./kind.ts";
import type { JobObserver } from "./observers.ts";
import { createSlotTurns } from "./slot-turns.ts";
import { createTurns } from "./turns.ts";

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

/** Looks whether a start is allowed, and again until it is; `onBlocked` is told why not. */
export type GateCheck = (onBlocked: (reason: string) => void) => Promise<void>;

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

/** Node fires a longer timer at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export function createDriver<T extends Task = Task>(options: DriverOptions<T>): Driver<T> {
  const { observer, time = REAL_TIME } = options;
  const state = createJob(options.policy, options.plainClass);
  const open = new Map<number, T>();
  const attempts = new Map<number, Attempt<T>>();
  const classes = new Map<string, number>();
  const done = Promise.withResolvers<JobSummary>();
  const slotTurns = createSlotTurns<T>(state, attempts);
  const turns = createTurns<JobEvent, Over<T> | undefined>(handle, observer.idle, fail);
  /** Taken in, and the scheduler does not know. */
  let fresh: T[] = [];
  /** The last task that the scheduler knows, or hears of next. */
  let admitted = 0;
  let lastId = 0;
  let stoppedMs = 0;
  let forgetTimer = (): void => {};
  let check: GateCheck | undefined;

  const isAdmitted = (task: number): boolean => task <= admitted;
  const clock = (): number => time.nowMs() - stoppedMs;

  /** @param over where the event ends an attempt */
  function tell(event: JobEvent, over?: Over<T>): void {
    turns.take(event, over);
  }

  /** An attempt's end is told before all else that follows from it: outputs come in the order of ends. */
  function handle(event: JobEvent, over: Over<T> | undefined): void {
    const effects = step(state, event);
    options.onStep?.(event, effects);
    const counted = over && outcomeAmong(effects, over.attempt.task.seq);
    if (over !== undefined) finish(over, counted?.outcome);
    for (const effect of effects) if (effect !== counted) act(effect);
    if (over !== undefined) forget(over.attempt);
    if (event.type === "cancel" && event.task !== undefined) dismiss(event.task);
    slotTurns.release();
  }

  function finish(over: Over<T>, outcome: Outcome | undefined): void {
    const { task } = over.attempt;
    if (outcome !== undefined) open.delete(task.seq);
    task.kind.keep(task, outcome, over);
    observer.ended(over, outcome);
    task.kind.show(task, outcome, over);
  }

  function act(effect: Effect): void {
    switch (effect.type) {
      case "startAttempt":
        return start(effect);
      case "signalAttempt":
        return withAttempt(effect.task, (attempt) => attempt.task.kind.stop(attempt, effect.why));
      case "returnAttempt":
        return withAttempt(effect.task, (attempt) => {
          if (slotTurns.revoke(attempt) || attempt.task.kind.revoke(attempt)) returned(attempt);
        });
      case "recordOutcome":
        return settle(effect.task, effect.outcome);
      case "setTimer":
        return setTimer(effect.atMs);
      case "checkGate":
        return void checkGate();
      case "haltCounted":
        return observer.haltCounted(effect);
      case "jobEnded":
        forgetTimer();
        return done.resolve(effect.summary);
      default:
        effect satisfies never;
    }
  }

  function start({ task: seq, attempt: number, slot, ahead }: Effect & { type: "startAttempt" }): void {
    const task = open.get(seq);
    if (task === undefined) throw new Error(`task ${seq} was started but is not held`);
    const attempt = { id: ++lastId, task, number, slot, isAhead: ahead };
    const rendered = task.kind.render(attempt);
    if (rendered === SKIPPED) return tell({ nowMs: clock(), type: "attemptSkipped", task: seq });
    // The end of the last one may not be done with, and this one is the youngest.
    if (number > 1) attempts.delete(seq);
    attempts.set(seq, attempt);
    observer.started(attempt);
    slotTurns.launch(attempt, rendered);
  }

  function withAttempt(task: number, act: (attempt: Attempt<T>) => void): void {
    const attempt = attempts.get(task);
    if (attempt !== undefined) act(attempt);
  }

  function settle(seq: number, outcome: Outcome): void {
    const task = open.get(seq);
    if (task === undefined) throw new Error(`task ${seq} has two outcomes`);
    open.delete(seq);
    task.kind.keep(task, outcome, undefined);
    observer.settled(task, outcome);
    task.kind.show(task, outcome, undefined);
  }

  function returned(attempt: Attempt<T>): void {
    if (attempts.get(attempt.task.seq) !== attempt) return;
    attempts.delete(attempt.task.seq);
    attempt.task.kind.returned(attempt);
    observer.returned(attempt);
    tell({ nowMs: clock(), type: "attemptReturned", task: attempt.task.seq, attempt: attempt.number });
  }

  function forget(attempt: Attempt<T>): void {
    if (attempts.get(attempt.task.seq) === attempt) attempts.delete(attempt.task.seq);
  }

  /** To the scheduler it waits for its turn, but an attempt that has begun holds up the ends of those before it. */
  function dismiss(task: number): void {
    const attempt = attempts.get(task);
    if (attempt !== undefined && stateOf(state.table, task) === "dropping")
      attempt.task.kind.dismiss?.(attempt);
  }

  function setTimer(atMs: number): void {
    forgetTimer();
    forgetTimer = (): void => {};
    if (atMs === Number.POSITIVE_INFINITY) return;
    forgetTimer = time.timer(Math.max(0, atMs - clock()), () => tell({ nowMs: clock(), type: "timerFired" }));
  }

  async function checkGate(): Promise<void> {
    try {
      let blocked: string | undefined;
      await check!((reason) => {
        if (blocked === reason) return;
        // The new reason closes before the old one opens: in between nothing may start.
        const before = blocked;
        blocked = reason;
        gate(reason, false);
        if (before !== undefined) gate(before, true);
      });
      gate(blocked ?? "check", true);
    } catch (error) {
      fail(error);
    }
  }

  function gate(reason: string, isOpen: boolean): void {
    tell({ nowMs: clock(), type: "gateChanged", open: isOpen, reason });
  }

  function fail(error: unknown): void {
    done.reject(error);
    options.onBroken?.(error);
  }

  function join(task: T): void {
    fresh.push(task);
    if (fresh.length === 1) queueMicrotask(admit);
  }

  function admit(): void {
    const tasks = fresh;
    fresh = [];
    admitted = tasks.at(-1)?.seq ?? admitted;
    for (let from = 0, to = 0; from < tasks.length; from = to) {
      const { class: ofClass } = tasks[from]!;
      const inputs = inputsOf(tasks[from]!);
      to = from + 1;
      while (to < tasks.length && tasks[to]!.class === ofClass && inputsOf(tasks[to]!) === inputs) to++;
      tell({
        nowMs: clock(),
        type: "tasksAdded",
        count: to - from,
        class: ofClass,
        blocked: inputs !== "there",
      });
      if (inputs !== "failed") continue;
      for (let at = from; at < to; at++) tell({ nowMs: clock(), type: "inputFailed", task: tasks[at]!.seq });
    }
  }

  /** Of a task that the scheduler has not heard of, it is asked when it does. */
  function inputChanged(task: number, type: "unblocked" | "inputFailed"): void {
    if (open.has(task) && isAdmitted(task)) tell({ nowMs: clock(), type, task });
  }

  /** What the scheduler is to know of a task that it may not have heard of. */
  function tellOf(task: number, event: JobEvent, over?: Over<T>): void {
    if (!open.has(task)) return;
    if (!isAdmitted(task)) admit();
    tell(event, over);
  }

  const isUnderWay = (attempt: Attempt<T>): boolean => attempts.get(attempt.task.seq) === attempt;

  function ended(attempt: Attempt<T>, end: AttemptTimes, isFollowed: boolean): void {
    const { seq, kind } = attempt.task;
    const ended = kind.conclude(attempt, end);
    const { exitCode, signal, retriable = true, interrupted = false } = ended;
    const event = {
      nowMs: clock(),
      type: "attemptEnded",
      task: seq,
      attempt: attempt.number,
      exitCode,
      signal,
      runtimeMs: ended.endMs - ended.startMs,
      retriable,
      interrupted,
      isFollowed,
    } as const;
    tell(event, { attempt, end: ended });
  }

  return {
    state,
    open,
    attempts,
    get stoppedMs() {
      return stoppedMs;
    },
    done: done.promise,
    classOf(key, make) {
      const known = classes.get(key);
      if (known !== undefined) return known;
      const made = make();
      // The scheduler's own list may be behind: it has not heard of the class if it is calling us.
      const number = classes.size + 1;
      classes.set(key, number);
      tell({ nowMs: clock(), type: "classAdded", class: made });
      return number;
    },
    add(task) {
      open.set(task.seq, task);
      join(task);
      observer.added(task);
    },
    addResumed(task) {
      tell({ nowMs: clock(), type: "resumed", from: task.seq, to: task.seq });
      join(task);
    },
    admit,
    closeInput() {
      admit();
      tell({ nowMs: clock(), type: "inputClosed" });
    },
    unblock: (task) => inputChanged(task, "unblocked"),
    failInput: (task) => inputChanged(task, "inputFailed"),
    doneElsewhere: (task, succeeded, over) =>
      tellOf(task, { nowMs: clock(), type: "doneElsewhere", task, succeeded }, over),
    ended(attempt, end) {
      if (isUnderWay(attempt)) ended(attempt, end, false);
    },
    endedTogether(ends) {
      const known = ends.filter(({ attempt }) => isUnderWay(attempt));
      for (const [index, { attempt, end }] of known.entries()) ended(attempt, end, index + 1 < known.length);
    },
    returned,
    neverBegan(attempt) {
      const { seq } = attempt.task;
      if (attempts.get(seq) !== attempt) return;
      attempts.delete(seq);
      tell({
        nowMs: clock(),
        type: "attemptEnded",
        task: seq,
        attempt: attempt.number,
        runtimeMs: 0,
        ...INTERRUPTED,
      });
    },
    askGates: (asked) => void (check = asked),
    setSlots: (pool, slots) => tell({ nowMs: clock(), type: "slotsChanged", pool, ...slots }),
    setResources: (totals) => tell({ nowMs: clock(), type: "resourcesChanged", totals }),
    gate,
    drain: () => tell({ nowMs: clock(), type: "drain" }),
    cancel(task) {
      if (task !== undefined) return tellOf(task, { nowMs: clock(), type: "cancel", task });
      admit();
      tell({ nowMs: clock(), type: "cancel" });
    },
    evictYoungest: () => tell({ nowMs: clock(), type: "evictYoungest" }),
    fail,
    wasStopped(forMs) {
      stoppedMs += forMs;
      tell({ nowMs: clock(), type: "timerFired" });
    },
  };
}

const REAL_TIME: DriverTime = {
  nowMs,
  timer(inMs, act) {
    const timer = setTimeout(act, Math.min(inMs, TIMER_MS_MAX));
    return () => clearTimeout(timer);
  },
};

const INTERRUPTED = { exitCode: 1, signal: 0, interrupted: true } as const;

function outcomeAmong(effects: readonly Effect[], task: number): RecordOutcome | undefined {
  for (const effect of effects) if (effect.type === "recordOutcome" && effect.task === task) return effect;
  return undefined;
}

type RecordOutcome = Effect & { readonly type: "recordOutcome" };

function inputsOf(task: Task): InputState {
  return task.kind.inputs?.(task) ?? "there";
}
