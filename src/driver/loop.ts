import { nowMs } from "../clock.ts";
import type { Effect, JobEvent, JobSummary, Outcome } from "../core/events.ts";
import { allowsQueueAhead, plainClass } from "../core/policy.ts";
import { createJob, step } from "../core/step.ts";
import type { AttemptEnd } from "../interface/launcher.ts";
import { aheadDepth } from "./ahead-depth.ts";
import { heldTasks } from "./held-tasks.ts";
import { isSameLayout, openSlots } from "./hosts/layout.ts";
import type { Attempt, Loop, LoopOptions } from "./loop-types.ts";
import type { Task } from "./task.ts";

type EventBody = JobEvent extends infer E ? (E extends JobEvent ? Omit<E, "nowMs"> : never) : never;

/** An attempt and how it ended, where an event is about that. */
interface Over {
  readonly attempt: Attempt;
  readonly end: AttemptEnd;
}

/** Tasks kept waiting in memory, beyond what the slots hold. */
const WINDOW_MIN = 256;

/** Beyond as many bytes of values only what the slots need next is kept waiting. */
const WINDOW_BYTES = 2 ** 20;

const NONE: ReadonlySet<number> = new Set();

/** Joins the scheduler to the world: one event at a time goes in, its effects are performed in order. */
export function createLoop(options: LoopOptions): Loop {
  const { hands, source } = options;
  const state = createJob(options.policy);
  const ahead = aheadDepth(options.queueAhead && allowsQueueAhead(options.policy));
  const done = Promise.withResolvers<JobSummary>();
  /** Tasks that may still need an attempt. */
  const tasks = heldTasks();
  const byId = new Map<number, Attempt>();
  const byTask = new Map<number, Attempt>();
  /** By what is their own. Class 0 is of those that may run anywhere, as often as the policy says. */
  const classes = new Map<string, number>();
  const queue: { readonly event: JobEvent; readonly over: Over | undefined }[] = [];
  let isStepping = false;
  let isFilling = false;
  let lastId = 0;
  let layout = options.layout();
  let depth = ahead.depth;
  let timer: NodeJS.Timeout | undefined;
  /** The scheduler's clock stands still while the job is stopped: no timeout, delay or rest passes meanwhile. */
  let stoppedMs = 0;
  const clock = (): number => nowMs() - stoppedMs;

  function dispatch(body: EventBody, over?: Over): void {
    queue.push({ event: { ...body, nowMs: clock() } as JobEvent, over });
    if (isStepping) return;
    isStepping = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) perform(next.event, next.over);
    } catch (error) {
      done.reject(error);
    } finally {
      isStepping = false;
    }
    fill();
  }

  /** An attempt's end is told to `hands` before all else that follows from it: outputs come in the order of ends. */
  function perform(event: JobEvent, over: Over | undefined): void {
    let effects = step(state, event);
    if (over !== undefined) {
      const { seq } = over.attempt.task;
      const outcome = effects.find((effect) => effect.type === "recordOutcome" && effect.task === seq);
      hands.finished(over.attempt, over.end, outcome?.type === "recordOutcome" ? outcome.outcome : undefined);
      effects = effects.filter((effect) => effect !== outcome);
      if (outcome !== undefined) tasks.delete(seq);
    }
    for (const effect of effects) act(effect);
    if (over !== undefined && byTask.get(over.attempt.task.seq) === over.attempt) {
      byTask.delete(over.attempt.task.seq);
    }
  }

  function act(effect: Effect): void {
    switch (effect.type) {
      case "startAttempt":
        return start(effect.task, effect.attempt, effect.slot);
      case "signalAttempt":
        return withAttempt(effect.task, (attempt) => hands.terminate(attempt));
      case "returnAttempt":
        return withAttempt(effect.task, (attempt) => {
          if (hands.revoke(attempt)) returned(attempt.id);
        });
      case "recordOutcome":
        return settle(effect.task, effect.outcome);
      case "setTimer":
        return setTimer(effect.atMs);
      case "checkGate":
        void checkGate();
        return;
      case "haltCounted":
        return hands.haltCounted(effect, byTask.get(effect.task));
      case "jobEnded":
        clearTimeout(timer);
        return done.resolve(effect.summary);
      default:
        effect satisfies never;
    }
  }

  function start(seq: number, number: number, slot: number): void {
    const task = tasks.get(seq);
    if (task === undefined) throw new Error(`task ${seq} was started but is not held`);
    const attempt = { id: ++lastId, task, attempt: number, slot };
    if (hands.start(attempt) === "skip") return dispatch({ type: "attemptSkipped", task: seq });
    byId.set(attempt.id, attempt);
    byTask.set(seq, attempt);
  }

  function withAttempt(task: number, act: (attempt: Attempt) => void): void {
    const attempt = byTask.get(task);
    if (attempt !== undefined) act(attempt);
  }

  function ended(end: AttemptEnd): void {
    const attempt = byId.get(end.id);
    if (attempt === undefined) return;
    byId.delete(end.id);
    const { signal } = end.exit;
    // The scheduler knows one status that is a success.
    const exitCode = end.isOk ? 0 : end.exit.exitCode;
    const runtimeMs = end.endMs - end.startMs;
    const task = attempt.task.seq;
    const interrupted = end.unstarted === true;
    dispatch(
      { type: "attemptEnded", task, attempt: attempt.attempt, exitCode, signal, runtimeMs, interrupted },
      { attempt, end },
    );
    if (end.lost === undefined) ahead.ended(runtimeMs);
    watchSlots();
  }

  function returned(id: number): void {
    const attempt = byId.get(id);
    if (attempt === undefined) return;
    byId.delete(id);
    byTask.delete(attempt.task.seq);
    hands.returned(attempt);
    ahead.slow();
    dispatch({ type: "attemptReturned", task: attempt.task.seq, attempt: attempt.attempt });
  }

  function settle(seq: number, outcome: Outcome): void {
    const task = tasks.get(seq);
    tasks.delete(seq);
    hands.settled(seq, task, outcome);
  }

  function setTimer(atMs: number): void {
    clearTimeout(timer);
    timer = undefined;
    if (atMs === Number.POSITIVE_INFINITY) return;
    // Node fires a longer timer at once.
    timer = setTimeout(
      () => dispatch({ type: "timerFired" }),
      Math.min(Math.max(0, atMs - clock()), 2 ** 31 - 1),
    );
  }

  async function checkGate(): Promise<void> {
    try {
      let blocked: string | undefined;
      await hands.checkGate((reason) => {
        if (blocked === reason) return;
        // The new reason closes before the old one opens: in between nothing may start.
        const before = blocked;
        blocked = reason;
        gate(reason, false);
        if (before !== undefined) gate(before, true);
      });
      gate(blocked ?? "check", true);
    } catch (error) {
      done.reject(error);
    }
  }

  function gate(reason: string, open: boolean): void {
    dispatch({ type: "gateChanged", open, reason });
  }

  function watchSlots(): void {
    const wanted = options.layout();
    if (isSameLayout(wanted, layout) && ahead.depth === depth) return;
    layout = wanted;
    depth = ahead.depth;
    tellSlots();
  }

  function tellSlots(): void {
    dispatch({ type: "slotsChanged", ...layout, depth });
  }

  /** Keeps the scheduler supplied: reads on when less than half a window waits. */
  function fill(): void {
    const window =
      source.window ??
      (options.readAll ? Number.POSITIVE_INFINITY : Math.max(WINDOW_MIN, 2 * layout.slots * depth));
    const waiting = tasks.size - byId.size;
    if (isFilling || state.inputClosed || state.ended || state.stop !== "no" || waiting > window / 2) return;
    // Long values: enough for the slots, and no window of them.
    const isLarge = tasks.bytes > WINDOW_BYTES && !options.readAll;
    if (isLarge && waiting >= layout.slots * depth) return;
    isFilling = true;
    void refill(window === Number.POSITIVE_INFINITY ? 4096 : window - waiting);
  }

  async function refill(max: number): Promise<void> {
    try {
      const next = await source.next(max);
      const fresh = options.reuse === undefined ? [] : next.filter((task) => !options.isDone(task));
      const reused = fresh.length === 0 ? NONE : await options.reuse!(fresh);
      isFilling = false;
      add(next, reused);
    } catch (error) {
      done.reject(error);
    }
  }

  function add(next: readonly Task[], reused: ReadonlySet<number>): void {
    if (state.ended) return;
    if (next.length === 0) {
      hands.inputClosed(state.added);
      return dispatch({ type: "inputClosed" });
    }
    for (const task of next) {
      if (options.isDone(task)) {
        dispatch({ type: "resumed", from: task.seq, to: task.seq });
        hands.resumed(task);
      } else {
        tasks.add(task);
      }
    }
    for (let from = 0, to = 0; from < next.length; from = to) {
      const blocked = reused.has(next[from]!.seq);
      const ofClass = classOf(next[from]!);
      while (to < next.length && reused.has(next[to]!.seq) === blocked && classOf(next[to]!) === ofClass)
        to++;
      dispatch({ type: "tasksAdded", count: to - from, class: ofClass, blocked });
    }
    // A blocked task takes no slot, and is done without one.
    for (const task of reused) dispatch({ type: "doneElsewhere", task, succeeded: true });
  }

  /** Tasks that may run at the same hosts, equally often, are of one class, made when the first of them comes. */
  function classOf(task: Task): number {
    const { places } = task;
    const tries = options.triesOf?.(task);
    if (places === undefined && tries === undefined) return 0;
    const key = `${tries}:${places?.join()}`;
    let number = classes.get(key);
    if (number === undefined) {
      const plain = plainClass(options.policy);
      classes.set(key, (number = classes.size + 1));
      dispatch({
        type: "classAdded",
        class: { ...plain, tries: tries ?? plain.tries, ...(places && { places }) },
      });
    }
    return number;
  }

  return {
    run() {
      tellSlots();
      return done.promise;
    },
    ended,
    returned,
    gate,
    drain: () => dispatch({ type: "drain" }),
    cancel: () => dispatch({ type: "cancel" }),
    evictYoungest: () => dispatch({ type: "evictYoungest" }),
    slotsChanged: watchSlots,
    wasStopped(forMs) {
      stoppedMs += forMs;
      dispatch({ type: "timerFired" });
    },
    view: {
      running: byId,
      get slots() {
        return openSlots(layout);
      },
      get waiting() {
        return tasks.size - byId.size;
      },
      get added() {
        return state.added;
      },
      get isInputClosed() {
        return state.inputClosed;
      },
      counts: state.counts,
      get resumed() {
        return state.resumed;
      },
    },
  };
}
