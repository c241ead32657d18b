import { AsyncLocalStorage } from "node:async_hooks";

/** What a running task may know of itself. */
export interface TaskContext {
  /** The task's number in its job, from 1. */
  readonly task: number;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Fires when the task is cancelled or has run out of time; its reason says which. */
  readonly signal: AbortSignal;
}

/** The call that runs here. */
export class RunningCall implements TaskContext {
  readonly id: number;
  readonly task: number;
  readonly attempt: number;
  /** The slot that it runs in. */
  readonly slot: number;
  #controller: AbortController | undefined;

  constructor({ id, task, attempt, slot }: { id: number; task: number; attempt: number; slot: number }) {
    this.id = id;
    this.task = task;
    this.attempt = attempt;
    this.slot = slot;
  }

  /** Made when it is first asked for: most tasks never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    void this.signal;
    this.#controller!.abort(reason);
  }
}

// One for all copies of yonder in a process: the program's modules may bring a copy of their own.
const key = Symbol.for("yonder.calls");
const shared = globalThis as { [key]?: Calls };
const calls: Calls = (shared[key] ??= { storage: new AsyncLocalStorage(), now: undefined });

interface Calls {
  readonly storage: AsyncLocalStorage<RunningCall>;
  /** The call whose function runs at this moment, where it is one that only computes. */
  now: RunningCall | undefined;
}

/** The call that runs here, or that has left running what runs here. */
export function callHere(): RunningCall | undefined {
  return calls.now ?? calls.storage.getStore();
}

/** Runs a function as part of a call, with all that it begins. */
export function runIn<T>(call: RunningCall, fn: (...args: unknown[]) => T, args: readonly unknown[]): T {
  return calls.storage.run(call, fn, ...args);
}

/** The same for a function that begins nothing: a tenth of the price. */
export function runOnlyIn<T>(call: RunningCall, fn: (...args: unknown[]) => T, args: readonly unknown[]): T {
  calls.now = call;
  try {
    return fn(...args);
  } finally {
    calls.now = undefined;
  }
}

/**
 * What the running task may know of itself: its number, its attempt, and a signal that fires when it is to stop. Undefined
 * outside of a task, as when its function is called directly.
 */
export function currentTask(): TaskContext | undefined {
  return callHere();
}
