import { nowMs } from "../../clock.ts";
import { stateOf } from "../../core/task-table.ts";
import type { Driver } from "../../driver/driver.ts";
import type { Attempt, Ended, RecordGroup, TaskKind } from "../../driver/kind.ts";
import { residentBytes } from "../../journal/peak-memory.ts";
import {
  type CallAttempt,
  type CallEvents,
  type CallLauncher,
  type CallLauncherOptions,
  callLauncher,
} from "../../launch/thread/launcher.ts";
import { withValues } from "./arguments.ts";
import type { Call, CallTask, SessionFunction } from "./call.ts";
import { callRecords } from "./call-record.ts";
import { anyCommand, callCommand, sliceOf } from "./call-text.ts";
import type { Inputs } from "./inputs.ts";
import { AHEAD, type LostEnd, lostAttempts } from "./lost-attempts.ts";
import { letGo, setOutcome } from "./outcome.ts";
import type { Places } from "./places.ts";
import type { QueueDepth } from "./queue-depth.ts";
import { WAITERS } from "./task-class.ts";
import { errorOf, isWorthARetry, unreadItems } from "./task-error.ts";

/** An attempt of a call, as threads and processes have it. */
export type LaunchedCall = CallAttempt<Attempt<CallTask>>;

export interface FunctionKindParts {
  readonly driver: Driver;
  readonly inputs: Inputs;
  readonly places: Places;
  /** How long a task that was told to stop may take before its thread is ended. */
  readonly graceMs: number;
  readonly hosts: CallLauncherOptions;
  readonly depth: QueueDepth;
  /** Slots are to hold so many from now on. */
  deepen(depth: number): void;
  readonly output: CallEvents<Attempt<CallTask>>["onOutput"];
  readonly stray: (error: Error) => void;
  /** Says which argument of a call cannot be sent. */
  readonly unsendable: (call: Call, cause: unknown) => Error;
  /** A task has succeeded. True: its arguments are kept, for its value may have to be made again. */
  readonly onValue: (call: Call) => boolean;
  /** Why everything was cancelled, where it was. */
  readonly failure: () => Error | undefined;
}

export interface FunctionKind extends TaskKind<CallTask, LaunchedCall, ReportedEnd> {
  readonly launcher: CallLauncher<Attempt<CallTask>>;
}

/** What its thread tells of the end of a call, or that nobody can. */
type ReportedEnd =
  | { readonly ok: boolean; readonly value: unknown; readonly startMs: number; readonly endMs: number }
  | LostEnd;

/** Functions, which threads and processes run: here, or on other machines. */
export function createFunctionKind(parts: FunctionKindParts): FunctionKind {
  const { driver, inputs, places, graceMs, depth } = parts;
  const { state } = driver;
  const groups = new WeakMap<SessionFunction, RecordGroup>();
  const launcher = callLauncher<Attempt<CallTask>>(
    {
      onEnds,
      onItems,
      onOutput: parts.output,
      onStray: parts.stray,
      onLost: lostAttempts({
        stateOf: (task) => stateOf(state.table, task),
        returned: driver.returned,
        ended: driver.ended,
      }),
      onReturned({ owner: attempt }) {
        // On its way here the end of the one before it may have overtaken it: then it is first, for the scheduler.
        if (AHEAD.has(stateOf(state.table, attempt.task.seq))) driver.returned(attempt);
        else neverBegan(attempt);
      },
      onUnsendable: ({ owner }, error) => parts.unsendable(owner.task, error),
    },
    parts.hosts,
  );
  const records = callRecords();

  function render(attempt: Attempt<CallTask>): LaunchedCall {
    const { task: call, slot } = attempt;
    const { pool } = state.classes[call.class]!.spec;
    const host = places.hostOf(pool, slot);
    call.attempt = attempt.number;
    call.slot = slot;
    call.startMs = nowMs();
    call.machine = places.machineName(host);
    call.state = attempt.isAhead ? "waiting" : "running";
    return {
      id: attempt.id,
      owner: attempt,
      host,
      slot: pool === WAITERS ? slot : 1,
      fn: call.fn.launched!,
      args: call.inputs === undefined ? call.args : withValues(call.args),
      task: call.seq,
      attempt: attempt.number,
      count: 0,
    };
  }

  function onEnds(all: Parameters<CallEvents<Attempt<CallTask>>["onEnds"]>[0]): void {
    for (const { end } of all) depth.ended(end.endMs - end.startMs);
    driver.endedTogether(all.map(({ attempt, end }) => ({ attempt: attempt.owner, end })));
    if (depth.changed()) parts.deepen(depth.depth);
  }

  function conclude({ task: call }: Attempt<CallTask>, end: ReportedEnd): Ended {
    const { startMs, endMs } = end;
    rest(call);
    if ("interrupted" in end) {
      call.error = end.error ?? call.error;
      return { startMs, endMs, ...FAILED, retriable: !call.hasItems, interrupted: end.interrupted };
    }
    const isUnread = call.hasItems && call.onItems === undefined;
    if (end.ok && !isUnread) {
      call.value = end.value;
      return { startMs, endMs, exitCode: 0, signal: 0 };
    }
    call.error = errorOf(isUnread ? unreadItems(call) : (end.value as Error), call);
    const retriable = !call.hasItems && isWorthARetry(end.value as Error, call);
    return { startMs, endMs, ...FAILED, retriable };
  }

  function onItems({ owner: { task: call } }: LaunchedCall, items: readonly unknown[]): void {
    call.hasItems = true;
    if (call.onItems !== undefined) call.onItems(items);
    else launcher.abort(call.running!, `nobody reads the items of task ${call.seq}`);
  }

  function stop({ task: call }: Attempt<CallTask>, reason: string): void {
    launcher.abort(call.running!, `task ${call.seq} is to stop: ${reason}`);
    killLate(call);
  }

  /** Ends the thread of an attempt that goes on after the time it has to stop. A thread that is busy hears nothing. */
  function killLate(call: Call): void {
    const attempt = call.running!;
    setTimeout(() => {
      if (call.running === attempt) launcher.kill(attempt);
    }, graceMs).unref();
  }

  /** Its thread is still starting: what was to stop has not begun, and its time has not either. */
  function neverBegan(attempt: Attempt<CallTask>): void {
    rest(attempt.task);
    driver.neverBegan(attempt);
  }

  function groupOf({ fn, memo }: Call): RecordGroup | undefined {
    if (memo !== undefined) return undefined;
    let group = groups.get(fn);
    if (group === undefined) groups.set(fn, (group = { text: anyCommand(fn) }));
    return group;
  }

  return {
    name: "function",
    launcher,
    inputs({ missing, error, doer }) {
      if (error !== undefined) return "failed";
      return missing > 0 || doer !== undefined ? "missing" : "there";
    },
    render,
    launch({ task: call }, launched) {
      call.running = launched;
      launcher.start(launched);
    },
    revoke: ({ task: call }) => launcher.revoke(call.running!),
    stop(attempt, why) {
      if (launcher.revoke(attempt.task.running!)) neverBegan(attempt);
      else stop(attempt, why === "timeout" ? "it has run out of time" : "it was cancelled");
    },
    dismiss: ({ task: call }) => killLate(call),
    returned: ({ task: call }) => rest(call),
    conclude,
    keep(call, outcome, over) {
      if (over !== undefined) records.count(over.end);
      if (outcome !== undefined) setOutcome(call, outcome, parts.failure());
    },
    record: records.record,
    groupOf,
    show(call, outcome) {
      if (outcome === undefined) return;
      letGo(call, parts.onValue);
      call.doer?.settled(call);
      inputs.tellOver(call);
    },
    describe: ({ task: call }) => callCommand(call),
    slice: (over, outcome) => sliceOf(state, over.attempt.task, outcome),
    memoryOf({ task: { running } }) {
      const pid = running && launcher.pidOf(running);
      return pid === undefined ? undefined : residentBytes(pid);
    },
  };
}

const FAILED = { exitCode: 1, signal: 0 } as const;

/** It has no attempt under way. */
function rest(call: Call): void {
  call.running = undefined;
  call.state = "waiting";
}
