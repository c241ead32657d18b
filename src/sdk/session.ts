import type { Effect, JobSummary } from "../core/events.ts";
import { DEFAULT_POLICY } from "../core/policy.ts";
import { createJob, type JobState, step } from "../core/step.ts";
import { stateOf } from "../core/task-table.ts";
import type { CallLauncherOptions } from "../launch/thread/launcher.ts";
import { type Call, isOver } from "./call.ts";
import type { Places } from "./machines/places.ts";
import { createAdmission } from "./session/admission.ts";
import { createAttempts } from "./session/attempts.ts";
import { taskClasses } from "./session/classes.ts";
import { doneElsewhere, type Elsewhere } from "./session/elsewhere.ts";
import { createInputs } from "./session/inputs.ts";
import { endTeller, type SessionObserver } from "./session/observer.ts";
import { letGo, setOutcome } from "./session/outcome.ts";
import { inTurn, isAdmitted, nowMs, type Scheduling } from "./session/scheduling.ts";
import { sessionSlots } from "./session/slots.ts";
import { type ResourceTable, taskClass } from "./task-class.ts";
import { foreignRef } from "./task-error.ts";

export interface SessionOptions {
  /** Slots for tasks that compute; as many again for those in processes of their own. */
  readonly places: Places;
  /** How long a message to a place and one back take, at the most. Default 0. */
  readonly roundTripMs?: number;
  readonly resources: ResourceTable;
  /** How long a task that was told to stop may take before its thread is ended. */
  readonly graceMs: number;
  readonly hosts: CallLauncherOptions;
  readonly observer: SessionObserver;
  /** A task has succeeded. True: its arguments are kept, for its value may have to be made again. */
  readonly onValue: (call: Call) => boolean;
}

export interface Session extends Elsewhere {
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
  /** The reader of a generator has room for so many more items. */
  credit(call: Call, items: number): void;
  /** The process that a task which runs has for itself. */
  pidOf(call: Call): number | undefined;
  /** A place is lost. */
  placesChanged(): void;
  /** Nothing can run any more: every task that has no outcome fails with this. */
  fail(error: Error): void;
  /** Takes nothing more; resolves when every task has its outcome and all threads are gone. Safe to repeat. */
  close(how?: "drain" | "cancel"): Promise<JobSummary>;
  readonly state: JobState;
  /** Tasks without an outcome, by number. */
  readonly open: ReadonlyMap<number, Call>;
  readonly isClosed: boolean;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Joins the scheduler to functions in threads and processes: the same scheduler that runs commands. */
export function createSession(options: SessionOptions): Session {
  const { places, resources, observer, roundTripMs = 0 } = options;
  const state = createJob({ ...DEFAULT_POLICY }, taskClass({}, resources));
  const open = new Map<number, Call>();
  const done = Promise.withResolvers<JobSummary>();
  done.promise.catch(() => {}); // close() tells
  const ends = endTeller(observer);
  const dispatch: Scheduling["dispatch"] = inTurn((event, ended) => {
    ends.begin(ended);
    for (const effect of step(state, event)) act(effect);
    ends.finish();
    if (event.type === "cancel" && event.task !== undefined) endBegun(open.get(event.task));
  }, done.reject);
  const scheduling: Scheduling = { state, open, dispatch };
  const inputs = createInputs(scheduling);
  const admission = createAdmission(scheduling);
  const attempts = createAttempts(scheduling, {
    ...options,
    roundTripMs,
    ends,
    deepen: (depth) => slots.deepen(depth),
  });
  const { launcher } = attempts;
  let lastTask = 0;
  let isClosed = false;
  let failure: Error | undefined;
  let timer: NodeJS.Timeout | undefined;

  function act(effect: Effect): void {
    switch (effect.type) {
      case "startAttempt":
        return attempts.start(open.get(effect.task)!, effect);
      case "signalAttempt": {
        const why = effect.why === "timeout" ? "it has run out of time" : "it was cancelled";
        return attempts.stop(open.get(effect.task)!, why);
      }
      case "returnAttempt":
        return attempts.takeBack(open.get(effect.task)!);
      case "recordOutcome":
        return settle(open.get(effect.task)!, effect);
      case "setTimer":
        return setTimer(effect.atMs);
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

  function settle(call: Call, { outcome }: Effect & { readonly type: "recordOutcome" }): void {
    open.delete(call.task);
    setOutcome(call, outcome, failure);
    ends.settled(call, outcome);
    letGo(call, options.onValue);
    call.doer?.settled(call);
    inputs.tellOver(call);
  }

  function setTimer(atMs: number): void {
    clearTimeout(timer);
    const inMs = Math.min(MAX_TIMER_MS, Math.max(0, atMs - nowMs()));
    timer = setTimeout(() => dispatch({ nowMs: nowMs(), type: "timerFired" }), inMs);
  }

  /** To the scheduler it waits for its turn, but a call that keeps its thread busy holds up the ends of those before it. */
  function endBegun(call: Call | undefined): void {
    if (call?.running !== undefined && stateOf(state.table, call.task) === "dropping")
      attempts.killLate(call);
  }

  function cancel(call: Call): void {
    if (!isOver(call)) dispatch({ nowMs: nowMs(), type: "cancel", task: call.task });
  }

  dispatch({ nowMs: nowMs(), type: "resourcesChanged", totals: resources.totals });
  const slots = sessionSlots(scheduling, places, attempts.depth);
  return {
    state,
    open,
    get isClosed() {
      return isClosed;
    },
    classOf: taskClasses(scheduling, slots, resources),
    nextTask: () => ++lastTask,
    add(call) {
      open.set(call.task, call);
      observer.added(call);
      inputs.await(call);
      admission.add(call);
      if (failure !== undefined) queueMicrotask(() => cancel(call));
    },
    cancel(call) {
      if (isOver(call)) return;
      if (open.get(call.task) !== call) throw foreignRef(call);
      if (!isAdmitted(scheduling, call)) admission.admit();
      cancel(call);
    },
    provided: inputs.tellOver,
    ...doneElsewhere(scheduling, admission, observer),
    pidOf: (call) => call.running && launcher.pidOf(call.running),
    credit: (call, items) => call.running && launcher.credit(call.running, items),
    placesChanged: () => slots.changed(),
    fail(error) {
      failure = error;
      admission.admit();
      for (const call of [...open.values()].reverse()) cancel(call);
    },
    async close(how = "drain") {
      if (!isClosed) {
        isClosed = true;
        admission.admit();
        if (how === "cancel") for (const call of [...open.values()].reverse()) cancel(call);
        dispatch({ nowMs: nowMs(), type: "inputClosed" });
      }
      try {
        return await done.promise;
      } finally {
        await launcher.close();
      }
    },
  };
}
