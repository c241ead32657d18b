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
  #controller: AbortController | undefined;

  constructor(id: number, task: number, attempt: number) {
    this.id = id;
    this.task = task;
    this.attempt = attempt;
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
const shared = globalThis as { [key]?: AsyncLocalStorage<RunningCall> };
export const calls: AsyncLocalStorage<RunningCall> = (shared[key] ??= new AsyncLocalStorage());

/**
 * What the running task may know of itself: its number, its attempt, and a signal that fires when it is to stop. Undefined
 * outside of a task, as when its function is called directly.
 */
export function currentTask(): TaskContext | undefined {
  return calls.getStore();
}
