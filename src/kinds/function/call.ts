import type { Attempt, TaskKind } from "../../driver/kind.ts";
import type { TaskOptions } from "../../function/options.ts";
import type { CallAttempt, LaunchedFunction } from "../../launch/thread/launcher.ts";
import type { CallSite } from "../../stacks/call-site.ts";

/** A function as the session knows it. */
export interface SessionFunction {
  /** What people are shown. */
  name: string;
  readonly options: TaskOptions;
  /** Undefined until it has been found. */
  launched: LaunchedFunction | undefined;
  /** What its calls wait for until it has been found; where it cannot be, the reason is its error. */
  found: Call | undefined;
  /** The scheduler's class for its own options, once it has been asked for. */
  class: number | undefined;
  /** Its calls' items are for a reader, as they come. */
  readonly isGenerator: boolean;
}

export type CallState = "blocked" | "waiting" | "running" | "succeeded" | "failed";

/**
 * Who does a call that is not for the scheduler's slots: an actor. It is a task of the job all the same, with a number of the
 * same row, so that refs, cancelling, journal, progress and the summary need not know; to the scheduler it is blocked until
 * its doer tells the outcome.
 */
export interface Doer {
  /** For a person: why a call of it has not begun. */
  readonly waits: string;
  /** All arguments are there. */
  ready(call: CallTask): void;
  /** The call has its outcome: told by its doer, or cancelled, or without an argument for ever. */
  settled(call: CallTask): void;
}

/** How a call that is to be reused was found, or not. */
export interface CallMemo {
  /** What it is, whatever its key. */
  readonly subject: string;
  readonly reused: boolean;
  /** Of one that was not reused: why, a phrase each. */
  readonly reasons: readonly string[];
}

/**
 * A task of a session: a function with its arguments, and what became of it. It is held by its refs, by the tasks that
 * depend on it and, until it has ended, by the session; when nobody holds it any more its value is gone.
 */
export interface Call {
  /** From 1, in the order of the calls; 0 for what is no task. */
  readonly seq: number;
  /** Undefined for what is no task: values that a program has put, and the finding of functions. */
  readonly kind: TaskKind | undefined;
  readonly fn: SessionFunction;
  readonly options: TaskOptions;
  /** Of the scheduler. */
  readonly class: number;
  /** Undefined for what runs in slots. */
  doer: Doer | undefined;
  /** What the memo knows of it; undefined where it was not asked, or not yet. */
  memo: CallMemo | undefined;
  /** Where the program has made it, until it is over; undefined where nobody looked. */
  site: CallSite | undefined;
  /** Let go when the call has ended, unless its value may have to be made again. */
  args: readonly unknown[];
  /** The calls among its arguments; undefined for none. Let go with the arguments: values must not hold those they came from. */
  inputs: readonly Call[] | undefined;
  state: CallState;
  /** Inputs that have not ended. */
  missing: number;
  /** Calls that wait for this one. */
  dependents: CallTask[] | undefined;
  /** The attempt that is under way. */
  running: CallAttempt<Attempt<CallTask>> | undefined;
  /** The number of its latest attempt, the slot of that, and when that was given to it. */
  attempt: number;
  slot: number;
  startMs: number;
  /** The machine of its latest attempt; undefined for this one. */
  machine: string | undefined;
  /** Where it succeeded. */
  value: unknown;
  /** Where it did not. */
  error: Error | undefined;
  /** The value with its large arrays in shared memory, once a task has needed it. */
  shared: { readonly value: unknown } | undefined;
  /** Brings the value back from where it is kept, where that is not here. */
  elsewhere: (() => Promise<unknown>) | undefined;
  /** Tasks without an outcome that need the value: it stays where it is until then. */
  users: number;
  /** Told once, when it has ended. */
  waiters: ((call: Call) => void)[] | undefined;
  /** Gets the items of a generator. */
  readonly onItems: ((items: readonly unknown[]) => void) | undefined;
  /** Items have been handed out: another attempt would give them twice. */
  hasItems: boolean;
}

/** One that is a task of its session. */
export interface CallTask extends Call {
  readonly kind: TaskKind;
}

/** What a call begins with. */
export type CallGiven = Pick<Call, "args"> &
  Partial<Pick<Call, "fn" | "options" | "class" | "inputs" | "onItems" | "doer" | "site">>;

/** Without a kind it is no task, but may be waited for as one. */
export function createCall(given: CallGiven, seq?: number): Call;
export function createCall(given: CallGiven, seq: number, kind: TaskKind): CallTask;
export function createCall(given: CallGiven, seq = 0, kind?: TaskKind): Call {
  return {
    seq,
    kind,
    fn: given.fn ?? VALUE,
    options: given.options ?? {},
    class: given.class ?? 0,
    doer: given.doer,
    memo: undefined,
    site: given.site,
    args: given.args,
    inputs: given.inputs,
    state: "waiting",
    missing: 0,
    dependents: undefined,
    running: undefined,
    attempt: 0,
    slot: 0,
    startMs: 0,
    machine: undefined,
    value: undefined,
    error: undefined,
    shared: undefined,
    elsewhere: undefined,
    users: 0,
    waiters: undefined,
    onItems: given.onItems,
    hasItems: false,
  };
}

/** Of what is no task. */
const VALUE: SessionFunction = {
  name: "put",
  options: {},
  launched: undefined,
  found: undefined,
  class: 0,
  isGenerator: false,
};

export function isOver({ state }: Call): boolean {
  return state === "succeeded" || state === "failed";
}

/** The value of a call that has succeeded, or a promise of it. */
export function valueHereOrComing(call: Call): unknown {
  return call.elsewhere === undefined ? call.value : call.elsewhere();
}

/** Calls `tell` when the call has ended; at once where it has. */
export function whenOver(call: Call, tell: (call: Call) => void): void {
  if (isOver(call)) tell(call);
  else if (call.waiters === undefined) call.waiters = [tell];
  else call.waiters.push(tell);
}

/** Takes back a `whenOver`. */
export function forgetTell({ waiters }: Call, tell: (call: Call) => void): void {
  const at = waiters?.indexOf(tell) ?? -1;
  if (at >= 0) waiters!.splice(at, 1);
}
