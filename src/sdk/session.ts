import type { JobSummary } from "../core/events.ts";
import { DEFAULT_POLICY } from "../core/policy.ts";
import { createDriver } from "../driver/create-driver.ts";
import type { Driver } from "../driver/driver.ts";
import type { JobObserver } from "../driver/observers.ts";
import { type Call, type CallGiven, type CallTask, createCall, isOver } from "../kinds/function/call.ts";
import { doneElsewhere, type Elsewhere } from "../kinds/function/elsewhere.ts";
import { createFunctionKind } from "../kinds/function/function-kind.ts";
import { createInputs } from "../kinds/function/inputs.ts";
import type { Places } from "../kinds/function/places.ts";
import { queueDepth } from "../kinds/function/queue-depth.ts";
import { sessionSlots } from "../kinds/function/session-slots.ts";
import { type ResourceTable, taskClass } from "../kinds/function/task-class.ts";
import { taskClasses } from "../kinds/function/task-classes.ts";
import { foreignRef } from "../kinds/function/task-error.ts";
import { unsendableArgument } from "../kinds/function/unsendable-argument.ts";
import type { CallLauncherOptions } from "../launch/thread/launcher.ts";
import { describeStub } from "./actors/stub.ts";

export interface SessionOptions {
  /** Slots for tasks that compute; as many again for those in processes of their own. */
  readonly places: Places;
  /** How long a message to a place and one back take, at the most. Default 0. */
  readonly roundTripMs?: number;
  readonly resources: ResourceTable;
  /** How long a task that was told to stop may take before its thread is ended. */
  readonly graceMs: number;
  readonly hosts: CallLauncherOptions;
  readonly observer: JobObserver<CallTask>;
  /** A task has succeeded. True: its arguments are kept, for its value may have to be made again. */
  readonly onValue: (call: Call) => boolean;
}

export interface Session extends Elsewhere {
  readonly driver: Driver<CallTask>;
  /** The scheduler's class for these options. @throws YonderError RESOURCE */
  classOf(options: Call["options"]): number;
  /** Makes a task, which `add` takes in. */
  create(given: CallGiven): CallTask;
  /** Takes a task in; it starts at the end of this turn of the event loop at the earliest. */
  add(call: CallTask): void;
  /** @throws YonderError USAGE for a call of another session */
  cancel(call: Call): void;
  /** Tells those that wait for a call which is over by other means than a task. */
  provided(call: Call): void;
  /** The reader of a generator has room for so many more items. */
  credit(call: Call, items: number): void;
  /** A place is lost. */
  placesChanged(): void;
  /** Nothing can run any more: every task that has no outcome fails with this. */
  fail(error: Error): void;
  /** Takes nothing more; resolves when every task has its outcome and all threads are gone. Safe to repeat. */
  close(how?: "drain" | "cancel"): Promise<JobSummary>;
  readonly isClosed: boolean;
}

/** A job whose tasks a program makes as it goes: functions in threads and processes. */
export function createSession(options: SessionOptions): Session {
  const { places, resources, observer, roundTripMs = 0 } = options;
  const driver = createDriver<CallTask>({
    policy: { ...DEFAULT_POLICY },
    plainClass: taskClass({}, resources),
    observer,
    onBroken(error) {
      throw error;
    },
  });
  driver.done.catch(() => {}); // close() tells
  driver.setResources(resources.totals);
  const depth = queueDepth(roundTripMs);
  const slots = sessionSlots(driver, places, depth.depth);
  const inputs = createInputs(driver);
  const kind = createFunctionKind({
    driver,
    inputs,
    places,
    graceMs: options.graceMs,
    hosts: options.hosts,
    depth,
    deepen: (to) => slots.deepen(to),
    output: (attempt, stream, text) => observer.output(attempt?.owner.task, stream, text),
    stray: (error) => observer.stray(error),
    unsendable: (call, cause) => unsendableArgument(call, cause, describeStub),
    onValue: options.onValue,
    failure: () => failure,
  });
  const { launcher } = kind;
  let lastTask = 0;
  let isClosed = false;
  let failure: Error | undefined;

  /** From the last to the first, so that no task begins because another has ended. */
  function cancelAll(): void {
    for (const { seq } of [...driver.open.values()].reverse()) driver.cancel(seq);
  }

  return {
    driver,
    get isClosed() {
      return isClosed;
    },
    classOf: taskClasses(driver, slots, resources),
    create: (given) => createCall(given, ++lastTask, kind),
    add(call) {
      driver.add(call);
      inputs.await(call);
      if (failure !== undefined) queueMicrotask(() => driver.cancel(call.seq));
    },
    cancel(call) {
      if (isOver(call)) return;
      if (driver.open.get(call.seq) !== call) throw foreignRef(call);
      driver.cancel(call.seq);
    },
    provided: inputs.tellOver,
    ...doneElsewhere(driver, observer),
    credit: (call, items) => call.running && launcher.credit(call.running, items),
    placesChanged: () => slots.changed(),
    fail(error) {
      failure = error;
      cancelAll();
    },
    async close(how = "drain") {
      if (!isClosed) {
        isClosed = true;
        driver.admit();
        if (how === "cancel") cancelAll();
        driver.closeInput();
      }
      try {
        return await driver.done;
      } finally {
        await launcher.close();
      }
    },
  };
}
