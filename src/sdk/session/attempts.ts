import type { Effect } from "../../core/events.ts";
import { stateOf } from "../../core/task-table.ts";
import {
  type CallAttempt,
  type CallEvents,
  type CallLauncher,
  type CallLauncherOptions,
  callLauncher,
} from "../../launch/thread/launcher.ts";
import { withValues } from "../arguments.ts";
import type { Call } from "../call.ts";
import type { Places } from "../machines/places.ts";
import { queueDepth } from "../queue-depth.ts";
import { WAITERS } from "../task-class.ts";
import { errorOf, isWorthARetry, unreadItems, unsendableArgument } from "../task-error.ts";
import { AHEAD, type AttemptEnd, lostAttempts } from "./lost-attempts.ts";
import type { AttemptTimes, EndTeller, SessionObserver } from "./observer.ts";
import { nowMs, type Scheduling } from "./scheduling.ts";

/** The attempts of a session's slots: what the scheduler asks for, and what becomes of it. */
export interface Attempts {
  start(call: Call, effect: Effect & { readonly type: "startAttempt" }): void;
  stop(call: Call, reason: string): void;
  /** Takes back an attempt that has not begun. */
  takeBack(call: Call): void;
  /** Ends the thread of an attempt that goes on after the time it has to stop. A thread that is busy hears nothing. */
  killLate(call: Call): void;
  /** The most that a slot holds at first. */
  readonly depth: number;
  readonly launcher: CallLauncher<Call>;
}

export interface AttemptsOptions {
  readonly places: Places;
  /** How long a message to a place and one back take, at the most. */
  readonly roundTripMs: number;
  readonly graceMs: number;
  readonly hosts: CallLauncherOptions;
  /** Slots are to hold so many from now on. */
  deepen(depth: number): void;
  readonly observer: SessionObserver;
  readonly ends: EndTeller;
}

export function createAttempts(scheduling: Scheduling, options: AttemptsOptions): Attempts {
  const { state, dispatch } = scheduling;
  const { places, observer, ends, graceMs } = options;
  const depth = queueDepth(options.roundTripMs);
  let lastId = 0;
  const launcher = callLauncher<Call>(
    {
      onEnds,
      onItems,
      onOutput: (attempt, stream, text) => observer.output(attempt?.owner, stream, text),
      onStray: (error) => observer.stray(error),
      onLost: lostAttempts({ stateOf: (task) => stateOf(state.table, task), returned, ended }),
      onReturned({ owner: call }) {
        // On its way here the end of the one before it may have overtaken it: then it is first, for the scheduler.
        if (AHEAD.has(stateOf(state.table, call.task))) returned(call);
        else neverBegun(call);
      },
      onUnsendable: ({ owner }, error) => unsendableArgument(owner, error),
    },
    options.hosts,
  );

  function start(call: Call, { attempt, slot, ahead }: Effect & { readonly type: "startAttempt" }): void {
    ends.starts(call);
    const { pool } = state.classes[call.class]!.spec;
    call.attempt = attempt;
    call.slot = slot;
    call.startMs = nowMs();
    const host = places.hostOf(pool, slot);
    call.machine = places.machineName(host);
    call.state = ahead ? "waiting" : "running";
    call.running = {
      id: ++lastId,
      owner: call,
      host,
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
    if (launcher.revoke(attempt)) return neverBegun(call);
    launcher.abort(attempt, `task ${call.task} is to stop: ${reason}`);
    killLate(call);
  }

  /** Its thread is still starting: what was to stop has not begun, and its time has not either. */
  function neverBegun(call: Call): void {
    ended(call, undefined, { retriable: true, interrupted: true });
  }

  function killLate(call: Call): void {
    const attempt = call.running!;
    setTimeout(() => {
      if (call.running === attempt) launcher.kill(attempt);
    }, graceMs).unref();
  }

  function returned(call: Call): void {
    call.running = undefined;
    call.state = "waiting";
    dispatch({ nowMs: nowMs(), type: "attemptReturned", task: call.task, attempt: call.attempt });
  }

  function onEnds(all: Parameters<CallEvents<Call>["onEnds"]>[0]): void {
    for (const { attempt, end } of all) {
      const call = attempt.owner;
      const isUnread = call.hasItems && call.onItems === undefined;
      const succeeded = end.ok && !isUnread;
      if (succeeded) call.value = end.value;
      else call.error = errorOf(isUnread ? unreadItems(call) : (end.value as Error), call);
      depth.ended(end.endMs - end.startMs);
      const retriable = succeeded || (!call.hasItems && isWorthARetry(end.value as Error, call));
      ended(call, end, { succeeded, retriable });
    }
    if (depth.changed()) options.deepen(depth.depth);
  }

  function ended(call: Call, times: AttemptTimes | undefined, how: AttemptEnd): void {
    const { succeeded = false, retriable, interrupted = false } = how;
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

  function onItems(attempt: CallAttempt<Call>, items: readonly unknown[]): void {
    const call = attempt.owner;
    call.hasItems = true;
    if (call.onItems !== undefined) call.onItems(items);
    else launcher.abort(attempt, `nobody reads the items of task ${call.task}`);
  }

  return {
    start,
    stop,
    takeBack(call) {
      if (launcher.revoke(call.running!)) returned(call);
    },
    killLate,
    depth: depth.depth,
    launcher,
  };
}
