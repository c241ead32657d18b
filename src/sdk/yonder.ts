import type { JobSummary } from "../core/events.ts";
import type { SupervisorOptions } from "../function/actor-options.ts";
import type { TaskFunction } from "../function/mark.ts";
import type { TaskOptions } from "../function/options.ts";
import type { Ref } from "../kinds/function/ref.ts";
import type { Supervisor } from "./actors/actors.ts";
import type { ActorArguments, ActorStub, MarkedClass } from "./actors/stub.ts";
import type { TaskEvent } from "./inside/events.ts";
import type { TaskExplanation } from "./inside/explanation.ts";
import type { MapOptions } from "./map.ts";
import type { Arg, Args, Running } from "./running.ts";

/** Runs tasks, with the options that it was made with. */
export interface Caller {
  /**
   * Runs a function elsewhere: one that `task()` has marked, or a small one without captured variables. Returns at once. The
   * task starts when its refs are there and a slot is free; its arguments are copied then, so do not change them before.
   *
   * @throws YonderError RESOURCE for needs that this machine can never meet; FUNCTION for a function that captures
   *   variables; CLOSED. All else is in the ref.
   */
  run<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: Args<A>): Running<R>;
  /**
   * Runs a function for each item of a source, which may be endless, and gives the results as they are asked for. The first
   * failure ends it with its error, and leaving it early cancels what still runs.
   */
  map<T, B extends readonly unknown[], R>(
    fn: (item: T, ...args: B) => R,
    items: Iterable<Arg<T>> | AsyncIterable<Arg<T>>,
    ...options: B extends readonly [] ? [options?: CallMapOptions<B>] : [options: CallMapOptions<B>]
  ): AsyncIterableIterator<Awaited<R>>;
}

/** The options of `map`, those of its tasks, and in `args` what the function gets behind the item. */
export type CallMapOptions<B extends readonly unknown[]> = MapOptions &
  TaskOptions &
  (B extends readonly [] ? { readonly args?: readonly [] } : { readonly args: Args<B> });

/** When `wait` has waited enough. */
export interface WaitOptions {
  /** Resolve when so many are over. Default: all. */
  readonly count?: number;
  /** Resolve after this time in any case. Default: never. */
  readonly timeoutMs?: number;
  /** Reject with its reason when it fires. Default: none. */
  readonly signal?: AbortSignal;
}

/** How many tasks ended in which way. */
export interface SessionSummary extends JobSummary {
  /** Of those that succeeded: they did not run, since the memo had their values. */
  readonly reused: number;
}

/** A job whose tasks a program adds as it goes. */
export interface Yonder extends Caller, AsyncDisposable {
  /** The same job with options for the calls made through it; they win over those of `task(fn, options)`. */
  with(options: TaskOptions): Caller;
  /**
   * A ref of a value. Typed arrays in it of 64 KiB or more are copied to shared memory once, now, and never again for any task:
   * all see the same bytes, so do not write to them.
   */
  put<T>(value: T): Ref<T>;
  /** The values of refs, in order; rejects with the first error. */
  get<T>(refs: Iterable<Ref<T>>): Promise<T[]>;
  /** Which of the refs are over, succeeded or not, in the order of `refs`. */
  wait<T>(refs: Iterable<Ref<T>>, options?: WaitOptions): Promise<{ done: Ref<T>[]; pending: Ref<T>[] }>;
  /**
   * Ends a task, and those that depend on it: their refs reject with CANCELLED. Does nothing where it is over. Where it runs, its
   * AbortSignal fires (see `currentTask`); after `graceMs` its thread is ended.
   */
  cancel(ref: Ref<unknown>): void;
  /** The job's id, for `yonder show ID` and its like; "" without a journal. */
  readonly id: string;
  /** Where a task is, and what it waits for. */
  explain(ref: Ref<unknown>): TaskExplanation;
  /**
   * Calls the listener at each change of a task, from within the scheduler: keep it short. What it throws is shown on standard
   * error and harms no task. The returned function ends it.
   */
  on(kind: "task", listener: (event: TaskEvent) => void): () => void;
  /**
   * Makes an actor: an instance of a class that `actor()` has marked, in another thread or process, with its state there.
   * With a `name`, the one of that name is found, where there is one. Resolves when its constructor has returned.
   *
   * A crash is the end of its thread or process (a method that throws is only a failed call): then it starts again from its
   * constructor, or, where it is durable, with the state that it had. Calls that were under way fail with WORKER_LOST
   * (unless it is durable, or has `retries`); those that had not begun are made then.
   *
   * @throws YonderError FUNCTION for a class that is not marked, or not exported; USAGE; ACTOR_CONFLICT where the name is
   *   one of another class, or, of a durable actor, has it in another program; and what the constructor throws
   */
  actor<A extends readonly unknown[], I extends object>(
    actorClass: MarkedClass<A, I>,
    ...options: ActorArguments<A>
  ): Promise<ActorStub<I>>;
  /** A group of actors that start again together when one of them crashes. */
  supervisor(options?: SupervisorOptions): Supervisor;
  /** Stops an actor when its calls are over; resolves when it is gone. A durable one saves its state first. Safe to repeat. */
  stop(actor: AsyncDisposable): Promise<void>;
  /** Saves the state of a durable actor now, with all calls whose results are there. */
  checkpoint(actor: AsyncDisposable): Promise<void>;
  /** Takes no more tasks; resolves when all are over (`cancel`: told to stop) and all threads gone. Safe to repeat. */
  close(options?: { readonly cancel?: boolean }): Promise<SessionSummary>;
}

export type { TaskFunction };
