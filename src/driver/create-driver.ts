import { nowMs } from "../clock.ts";
import type { Effect, JobEvent, JobSummary, Outcome } from "../core/events.ts";
import { createJob, step } from "../core/step.ts";
import { stateOf } from "../core/task-table.ts";
import { createAdmission } from "./admission.ts";
import type { Driver, DriverOptions, DriverTime } from "./driver.ts";
import { checkGates, type GateCheck } from "./gate-check.ts";
import { type Attempt, type AttemptTimes, type Over, SKIPPED, type Task } from "./kind.ts";
import { createSlotTurns } from "./slot-turns.ts";
import { createTurns } from "./turns.ts";

/** Node fires a longer timer at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** See `Driver`. */
export function createDriver<T extends Task = Task>(options: DriverOptions<T>): Driver<T> {
  const { observer, time = REAL_TIME } = options;
  const state = createJob(options.policy, options.plainClass);
  const open = new Map<number, T>();
  const attempts = new Map<number, Attempt<T>>();
  const classes = new Map<string, number>();
  const done = Promise.withResolvers<JobSummary>();
  const slotTurns = createSlotTurns<T>(state, attempts);
  const turns = createTurns<JobEvent, Over<T> | undefined>(handle, observer.idle, fail);
  let lastId = 0;
  let stoppedMs = 0;
  let forgetTimer = (): void => {};
  let check: GateCheck | undefined;

  const clock = (): number => time.nowMs() - stoppedMs;

  const admission = createAdmission<T>(tell, clock);

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
        return void checkGates(check!, gate, fail);
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
    if (!isUnderWay(attempt)) return;
    attempts.delete(attempt.task.seq);
    attempt.task.kind.returned(attempt);
    observer.returned(attempt);
    tell({ nowMs: clock(), type: "attemptReturned", task: attempt.task.seq, attempt: attempt.number });
  }

  function forget(attempt: Attempt<T>): void {
    if (isUnderWay(attempt)) attempts.delete(attempt.task.seq);
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

  function gate(reason: string, isOpen: boolean): void {
    tell({ nowMs: clock(), type: "gateChanged", open: isOpen, reason });
  }

  function fail(error: unknown): void {
    done.reject(error);
    options.onBroken?.(error);
  }

  /** Of a task that the scheduler has not heard of, its kind is asked when it does. */
  function inputChanged(task: number, type: "unblocked" | "inputFailed"): void {
    if (open.has(task) && admission.isAdmitted(task)) tell({ nowMs: clock(), type, task });
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
      admission.join(task);
      observer.added(task);
    },
    addResumed(task) {
      tell({ nowMs: clock(), type: "resumed", from: task.seq, to: task.seq });
      admission.join(task);
    },
    admit: admission.admit,
    closeInput() {
      admission.admit();
      tell({ nowMs: clock(), type: "inputClosed" });
    },
    unblock: (task) => inputChanged(task, "unblocked"),
    failInput: (task) => inputChanged(task, "inputFailed"),
    doneElsewhere(task, succeeded, over) {
      if (!open.has(task)) return;
      admission.ensure(task);
      tell({ nowMs: clock(), type: "doneElsewhere", task, succeeded }, over);
    },
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
      if (!isUnderWay(attempt)) return;
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
      if (task === undefined) {
        admission.admit();
        return tell({ nowMs: clock(), type: "cancel" });
      }
      if (!open.has(task)) return;
      admission.ensure(task);
      tell({ nowMs: clock(), type: "cancel", task });
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
