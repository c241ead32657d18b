import type { Effect, JobEvent, JobSummary, Outcome } from "../core/events.ts";
import { DEFAULT_POLICY } from "../core/policy.ts";
import { createJob, type JobState, step } from "../core/step.ts";
import { stateOf } from "../core/task-table.ts";
import { YonderError } from "../interface/errors.ts";
import { type CallAttempt, type CallEvents, callLauncher, type HostName } from "../launch/thread/launcher.ts";
import { fromWire, toWire, type WireError } from "../launch/thread/wire-error.ts";
import { withValues } from "./arguments.ts";
import { type Call, isOver, whenOver } from "./call.ts";
import { queueDepth } from "./queue-depth.ts";
import { PROCESSES, type ResourceTable, THREADS, taskClass, WAITERS } from "./task-class.ts";
import {
  errorOf,
  foreignRef,
  isWorthARetry,
  lostError,
  unreadItems,
  unsendableArgument,
} from "./task-error.ts";

/** Told what happens to the tasks of a session, in order. */
export interface SessionObserver {
  /** A task was taken in, from within the call that made it. */
  added(call: Call): void;
  /** An attempt was given to its slot; it begins when those before it there have ended. */
  started(call: Call): void;
  /** An attempt is over. No outcome: the task will be tried again. */
  ended(call: Call, end: AttemptTimes, outcome: Outcome | undefined): void;
  /** A task has its outcome without an attempt that ended: reused, or cancelled or skipped before it ran. */
  settled(call: Call, outcome: Outcome): void;
  /** What a task has written; undefined where nobody knows which. */
  output(call: Call | undefined, stream: 1 | 2, text: string): void;
  /** Something failed outside of every task that runs. */
  stray(error: Error): void;
}

export interface AttemptTimes {
  readonly startMs: number;
  readonly endMs: number;
}

export interface SessionOptions {
  /** Slots for tasks that compute; as many again for those in processes of their own. */
  readonly threads: number;
  readonly resources: ResourceTable;
  /** How long a task that was told to stop may take before its thread is ended. */
  readonly graceMs: number;
  readonly heapBytesMax?: number;
  readonly observer: SessionObserver;
  /** A task has succeeded. True: its arguments are kept, for its value may have to be made again. */
  readonly onValue: (call: Call) => boolean;
}

export interface Session {
  /** The scheduler's class for these options. @throws YonderError RESOURCE */
  classOf(options: Call["options"]): number;
  /** Takes a task in; it starts at the end of this turn of the event loop at the earliest. */
  add(call: Call): void;
  /** The number of the next task. */
  nextTask(): number;
  /** @throws YonderError USAGE for a call of another session */
  cancel(call: Call): void;
  /** Tells those that wait for a call which is over by other means than a task. */
  provided(call: Call): void;
  /** The doer of a call begins an attempt. */
  startedElsewhere(call: Call, attempt: number): void;
  /** The attempt is over; the call is not: it will be tried again. */
  interruptedElsewhere(call: Call): void;
  /**
   * The doer of a call has its value, or its error, which is in the call. Does nothing for one that is over.
   *
   * @param times undefined where it was done without an attempt
   */
  doneElsewhere(call: Call, succeeded: boolean, times: AttemptTimes | undefined): void;
  /** The doer of a call leaves it to the slots. */
  toSlots(call: Call): void;
  /** The reader of a generator has room for so many more items. */
  credit(call: Call, items: number): void;
  /** The process that a task which runs has for itself. */
  pidOf(call: Call): number | undefined;
  /** Takes nothing more; resolves when every task has its outcome and all threads are gone. Safe to repeat. */
  close(how?: "drain" | "cancel"): Promise<JobSummary>;
  readonly state: JobState;
  /** Tasks without an outcome, by number. */
  readonly open: ReadonlyMap<number, Call>;
  readonly isClosed: boolean;
}

/** What the scheduler calls tasks behind the first one of a slot. */
const AHEAD: ReadonlySet<string> = new Set(["queued", "returning", "dropping"]);
/** Tasks that wait for something share threads: so many in each. */
const WAITERS_PER_THREAD = 64;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Joins the scheduler to functions in threads and processes: the same scheduler that runs commands. */
export function createSession(options: SessionOptions): Session {
  const { threads, observer } = options;
  const state = createJob({ ...DEFAULT_POLICY }, taskClass({}, options.resources));
  const pools = [THREADS];
  const classes = new Map<string, number>([[keyOf({}), 0]]);
  const done = Promise.withResolvers<JobSummary>();
  done.promise.catch(() => {}); // close() tells
  const open = new Map<number, Call>();
  /** Those that came while another was handled. */
  const events: { readonly event: JobEvent; readonly ended: typeof over }[] = [];
  const depth = queueDepth();
  let fresh: Call[] = [];
  let lastTask = 0;
  let lastId = 0;
  let isStepping = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  /** The attempt whose end is being told, with its times. */
  let over: { readonly call: Call; readonly times: AttemptTimes } | undefined;

  const launcher = callLauncher<Call>(
    {
      onEnds,
      onItems,
      onOutput: (attempt, stream, text) => observer.output(attempt?.owner, stream, text),
      onStray: (error) => observer.stray(fromWire(error)),
      onLost,
      onUnsendable: ({ owner }, error) => toWire(unsendableArgument(owner, error)),
    },
    options.heapBytesMax === undefined ? {} : { heapBytesMax: options.heapBytesMax },
  );

  /** @param ended the attempt that the event ends */
  function dispatch(event: JobEvent, ended?: typeof over): void {
    if (isStepping) {
      events.push({ event, ended });
      return;
    }
    isStepping = true;
    try {
      handle(event, ended);
      for (let at = 0; at < events.length; at++) handle(events[at]!.event, events[at]!.ended);
      events.length = 0;
    } catch (error) {
      done.reject(error);
      throw error;
    } finally {
      isStepping = false;
    }
  }

  function handle(event: JobEvent, ended: typeof over): void {
    over = ended;
    perform(step(state, event));
    if (event.type === "cancel" && event.task !== undefined) endBegun(open.get(event.task));
  }

  /** To the scheduler it waits for its turn, but a call that keeps its thread busy holds up the ends of those before it. */
  function endBegun(call: Call | undefined): void {
    if (call?.running !== undefined && stateOf(state.table, call.task) === "dropping") killLate(call);
  }

  function perform(effects: readonly Effect[]): void {
    for (const effect of effects) act(effect);
    if (over !== undefined) tellRetried(over);
  }

  /** No outcome came of it: the task is in line again. */
  function tellRetried({ call, times }: NonNullable<typeof over>): void {
    over = undefined;
    observer.ended(call, times, undefined);
  }

  function act(effect: Effect): void {
    switch (effect.type) {
      case "startAttempt":
        return start(open.get(effect.task)!, effect.attempt, effect.slot, effect.ahead);
      case "signalAttempt":
        return stop(
          open.get(effect.task)!,
          effect.why === "timeout" ? "it has run out of time" : "it was cancelled",
        );
      case "returnAttempt":
        return takeBack(open.get(effect.task)!);
      case "recordOutcome":
        return settle(open.get(effect.task)!, effect.outcome);
      case "setTimer":
        clearTimeout(timer);
        timer = setTimeout(
          () => dispatch({ nowMs: nowMs(), type: "timerFired" }),
          Math.min(MAX_TIMER_MS, Math.max(0, effect.atMs - nowMs())),
        );
        return;
      case "jobEnded":
        clearTimeout(timer);
        return done.resolve(effect.summary);
      case "checkGate":
      case "haltCounted":
        throw new Error(`a session's policy asks for no ${effect.type}`);
      default:
        effect satisfies never;
    }
  }

  function start(call: Call, attempt: number, slot: number, ahead: boolean): void {
    // Its next attempt may be one of the effects of the end of the last.
    if (over?.call === call) tellRetried(over);
    const { pool } = state.classes[call.class]!.spec;
    call.attempt = attempt;
    call.slot = slot;
    call.startMs = nowMs();
    call.state = ahead ? "waiting" : "running";
    call.running = {
      id: ++lastId,
      owner: call,
      host: hostOf(pool, slot, threads),
      slot: pool === WAITERS ? slot : 1,
      fn: call.fn.launched!,
      args: call.inputs === undefined ? call.args : withValues(call.args),
      task: call.task,
      attempt,
      count: 0,
    };
    observer.started(call);
    launcher.start(call.running);
  }

  function stop(call: Call, reason: string): void {
    const attempt = call.running!;
    if (launcher.revoke(attempt)) {
      // Its thread is still starting: what was to stop has not begun, and its time has not either.
      return attemptEnded(call, undefined, false, true, true);
    }
    launcher.abort(attempt, `task ${call.task} is to stop: ${reason}`);
    killLate(call);
  }

  /** A thread that is busy hears nothing. */
  function killLate(call: Call): void {
    const attempt = call.running!;
    setTimeout(() => {
      if (call.running === attempt) launcher.kill(attempt);
    }, options.graceMs).unref();
  }

  function takeBack(call: Call): void {
    if (launcher.revoke(call.running!)) returned(call);
  }

  function returned(call: Call): void {
    call.running = undefined;
    call.state = "waiting";
    dispatch({ nowMs: nowMs(), type: "attemptReturned", task: call.task, attempt: call.attempt });
  }

  function onEnds(ends: Parameters<CallEvents<Call>["onEnds"]>[0]): void {
    for (const { attempt, end } of ends) {
      const call = attempt.owner;
      const isUnread = call.hasItems && call.onItems === undefined;
      const ok = end.ok && !isUnread;
      if (ok) call.value = end.value;
      else call.error = errorOf(isUnread ? unreadItems(call) : fromWire(end.value as WireError), call);
      depth.ended(end.endMs - end.startMs);
      const retriable = ok || (!call.hasItems && isWorthARetry(end.value as WireError, call));
      attemptEnded(call, end, ok, retriable);
    }
    if (depth.changed()) {
      dispatch({ nowMs: nowMs(), type: "slotsChanged", slots: threads, depth: depth.depth });
    }
  }

  /** @param times undefined for an attempt that never began: nobody is told of it */
  function attemptEnded(
    call: Call,
    times: AttemptTimes | undefined,
    succeeded: boolean,
    retriable: boolean,
    interrupted = false,
  ): void {
    call.running = undefined;
    call.state = "waiting";
    const event = {
      type: "attemptEnded",
      nowMs: nowMs(),
      task: call.task,
      attempt: call.attempt,
      exitCode: succeeded ? 0 : 1,
      signal: 0,
      runtimeMs: times === undefined ? 0 : times.endMs - times.startMs,
      retriable,
      interrupted,
    } as const;
    dispatch(event, times && { call, times });
  }

  /** Those that had not begun come back first: they would begin when those ahead of them end. */
  function onLost(
    running: readonly CallAttempt<Call>[],
    waiting: readonly CallAttempt<Call>[],
    why: string,
  ): void {
    const isAhead = ({ task }: CallAttempt<Call>): boolean => AHEAD.has(stateOf(state.table, task));
    for (const attempt of waiting) if (isAhead(attempt)) returned(attempt.owner);
    const stopped = running.some(({ task }) => wasStopped(task));
    // First in its slot, but not begun: the thread was still starting.
    for (const attempt of waiting) {
      const { owner: call } = attempt;
      // Not one that has come back: that may have been given out again.
      if (call.running === attempt) {
        attemptEnded(call, { startMs: call.startMs, endMs: nowMs() }, false, true, true);
      }
    }
    const last = running.at(-1);
    for (const attempt of running) {
      const { owner: call } = attempt;
      // A slot's calls run one after the other: it has ended, and its end was lost on the way.
      const hasEnded = attempt !== last && attempt.slot === last!.slot;
      const isInnocent = hasEnded || (stopped && !wasStopped(call.task));
      const interrupted = isInnocent && call.options.pure !== false && !call.hasItems;
      call.error = lostError(call, why);
      attemptEnded(call, { startMs: call.startMs, endMs: nowMs() }, false, !call.hasItems, interrupted);
    }
  }

  function wasStopped(task: number): boolean {
    return ["timingOut", "cancelling"].includes(stateOf(state.table, task));
  }

  function onItems(attempt: CallAttempt<Call>, items: readonly unknown[]): void {
    const call = attempt.owner;
    call.hasItems = true;
    if (call.onItems !== undefined) call.onItems(items);
    else launcher.abort(attempt, `nobody reads the items of task ${call.task}`);
  }

  function settle(call: Call, outcome: Outcome): void {
    open.delete(call.task);
    call.state = outcome.type === "succeeded" ? "succeeded" : "failed";
    if (outcome.type === "succeeded") call.error = undefined;
    else {
      call.value = undefined;
      call.error = outcomeError(call, outcome);
    }
    if (over?.call === call) {
      observer.ended(call, over.times, outcome);
      over = undefined;
    } else observer.settled(call, outcome);
    for (const input of call.inputs ?? []) input.users--;
    const isKept = call.state === "succeeded" && call.value !== undefined && options.onValue(call);
    if (!isKept) {
      call.args = [];
      call.inputs = undefined;
    }
    call.doer?.settled(call);
    tellOver(call);
  }

  function tellOver(call: Call): void {
    const { waiters, dependents } = call;
    call.waiters = undefined;
    call.dependents = undefined;
    if (dependents !== undefined) for (const dependent of dependents) inputOver(dependent, call.error);
    if (waiters !== undefined) for (const tell of waiters) tell(call);
  }

  function addInput(call: Call, input: Call): void {
    input.users++;
    if (input.state === "failed") {
      call.error ??= input.error;
      return;
    }
    if (isOver(input) && input.elsewhere === undefined) return;
    call.missing++;
    if (isOver(input)) {
      input.elsewhere!().then(
        () => inputOver(call, undefined),
        (error: Error) => inputOver(call, error),
      );
      return;
    }
    if (input.task > 0 && open.get(input.task) !== input) {
      // Of another session, which knows nothing of its dependents here.
      whenOver(input, () => inputOver(call, input.error));
      return;
    }
    input.dependents ??= [];
    input.dependents.push(call);
  }

  /** @param error why the input will never be there */
  function inputOver(call: Call, error: Error | undefined): void {
    call.missing--;
    if (isOver(call)) return;
    if (error !== undefined) {
      if (call.error !== undefined) return; // another input was before it
      call.error = error;
      if (call.task <= state.added) dispatch({ nowMs: nowMs(), type: "inputFailed", task: call.task });
    } else if (call.missing === 0 && call.error === undefined) {
      if (call.doer !== undefined) call.doer.ready(call);
      else if (call.task <= state.added) {
        call.state = "waiting";
        dispatch({ nowMs: nowMs(), type: "unblocked", task: call.task });
      }
    }
  }

  /** Takes the tasks in that were added since the last turn: those of one class together. */
  function admit(): void {
    const calls = fresh;
    fresh = [];
    for (let at = 0; at < calls.length; ) {
      const first = calls[at]!;
      const blocked = isBlocked(first);
      let end = at + 1;
      while (end < calls.length && calls[end]!.class === first.class && isBlocked(calls[end]!) === blocked)
        end++;
      dispatch({ nowMs: nowMs(), type: "tasksAdded", count: end - at, class: first.class, blocked });
      if (blocked) {
        for (const call of calls.slice(at, end)) {
          if (call.error !== undefined) dispatch({ nowMs: nowMs(), type: "inputFailed", task: call.task });
        }
      }
      at = end;
    }
  }

  function classOf(taskOptions: Call["options"]): number {
    const key = keyOf(taskOptions);
    const known = classes.get(key);
    if (known !== undefined) return known;
    const added = taskClass(taskOptions, options.resources);
    dispatch({ nowMs: nowMs(), type: "classAdded", class: added });
    if (!pools.includes(added.pool)) {
      pools.push(added.pool);
      const slots = added.pool === WAITERS ? threads * WAITERS_PER_THREAD : threads;
      dispatch({ nowMs: nowMs(), type: "slotsChanged", slots, depth: 1, pool: added.pool });
    }
    // The scheduler's own list may be behind: it has not heard of the class if it is calling us.
    const number = classes.size;
    classes.set(key, number);
    return number;
  }

  dispatch({ nowMs: nowMs(), type: "resourcesChanged", totals: options.resources.totals });
  dispatch({ nowMs: nowMs(), type: "slotsChanged", slots: threads, depth: depth.depth });
  return {
    state,
    open,
    get isClosed() {
      return isClosed;
    },
    classOf,
    nextTask: () => ++lastTask,
    add(call) {
      open.set(call.task, call);
      observer.added(call);
      for (const input of call.inputs ?? []) addInput(call, input);
      if (call.missing > 0 || call.error !== undefined) call.state = "blocked";
      fresh.push(call);
      if (fresh.length === 1) queueMicrotask(admit);
    },
    cancel(call) {
      if (isOver(call)) return;
      if (open.get(call.task) !== call) throw foreignRef(call);
      if (call.task > state.added) admit();
      if (!isOver(call)) dispatch({ nowMs: nowMs(), type: "cancel", task: call.task });
    },
    provided: tellOver,
    startedElsewhere(call, attempt) {
      call.attempt = attempt;
      call.startMs = nowMs();
      call.state = "running";
      observer.started(call);
    },
    interruptedElsewhere(call) {
      call.state = "waiting";
      observer.ended(call, { startMs: call.startMs, endMs: nowMs() }, undefined);
    },
    doneElsewhere(call, succeeded, times) {
      if (isOver(call)) return;
      if (call.task > state.added) admit();
      dispatch(
        { nowMs: nowMs(), type: "doneElsewhere", task: call.task, succeeded },
        times && { call, times },
      );
    },
    toSlots(call) {
      if (isOver(call)) return;
      call.doer = undefined;
      call.state = "waiting";
      if (call.task <= state.added) dispatch({ nowMs: nowMs(), type: "unblocked", task: call.task });
    },
    pidOf: (call) => call.running && launcher.pidOf(call.running),
    credit: (call, items) => call.running && launcher.credit(call.running, items),
    async close(how = "drain") {
      if (!isClosed) {
        isClosed = true;
        admit();
        if (how === "cancel") for (const call of [...open.values()].reverse()) dispatchCancel(call);
        dispatch({ nowMs: nowMs(), type: "inputClosed" });
      }
      try {
        return await done.promise;
      } finally {
        await launcher.close();
      }
    },
  };

  function dispatchCancel(call: Call): void {
    if (!isOver(call)) dispatch({ nowMs: nowMs(), type: "cancel", task: call.task });
  }
}

function isBlocked({ missing, error, doer }: Call): boolean {
  return missing > 0 || error !== undefined || doer !== undefined;
}

function outcomeError(call: Call, outcome: Outcome): Error {
  switch (outcome.type) {
    case "timedOut":
      return new YonderError("TIMEOUT", {
        message: `${call.fn.name} (task ${call.task}) took longer than ${call.options.timeoutMs} ms`,
        remedy: "give it more time (timeoutMs), or find out why it takes so long",
      });
    case "cancelled":
      return new YonderError("CANCELLED", { message: `${call.fn.name} (task ${call.task}) was cancelled` });
    default:
      return call.error!;
  }
}

const ORIGIN_MS = performance.timeOrigin;

function nowMs(): number {
  return ORIGIN_MS + performance.now();
}

function hostOf(pool: number, slot: number, threads: number): HostName {
  if (pool === PROCESSES) return -slot;
  return pool === WAITERS ? threads + 1 + ((slot - 1) % threads) : slot;
}

/** Options that the scheduler does not see make no class of their own. */
function keyOf({ retries, timeoutMs, resources, priority, isolation }: Call["options"]): string {
  const { count, backoffMs, factor, maxMs } = retries ?? {};
  return JSON.stringify([count, backoffMs, factor, maxMs, timeoutMs, resources, priority, isolation]);
}
