import type { HaltCounted, Outcome } from "../core/events.ts";
import type { Attempt, Over, Task } from "./kind.ts";

/** Told what happens to the tasks of a job, in order. */
export interface JobObserver<T extends Task = Task> {
  /** A task was taken in. */
  added(task: T): void;
  /** An attempt was given to its slot; it begins when those before it there have ended. */
  started(attempt: Attempt<T>): void;
  /** An attempt that waited in its slot has come back, and will be given out again. */
  returned(attempt: Attempt<T>): void;
  /** An attempt is over. No outcome: the task will be tried again. */
  ended(over: Over<T>, outcome: Outcome | undefined): void;
  /** A task has its outcome without an attempt that ended: skipped, reused, or cancelled before it ran. */
  settled(task: T, outcome: Outcome): void;
  /** A task has counted for --halt. */
  haltCounted(effect: HaltCounted): void;
  /** What a task has written, where that is not captured; undefined where nobody knows which. */
  output(task: T | undefined, stream: 1 | 2, text: string): void;
  /** All that has happened until now has been acted on. */
  idle(): void;
  /** Something failed outside of every task that runs. */
  stray(error: Error): void;
}

/** Tells several observers the same, in the order in which they came. What nobody listens to costs nothing. */
export interface Observers<T extends Task = Task> extends JobObserver<T> {
  /** Returns a function that takes it away again. */
  add(observer: Partial<JobObserver<T>>): () => void;
}

export function createObservers<T extends Task = Task>(): Observers<T> {
  const all = new Set<Partial<JobObserver<T>>>();
  let listeners = listenersOf(all);
  /** Those that are told now are told to the end, whoever comes or goes meanwhile: the lists are new ones each time. */
  const renew = (): void => void (listeners = listenersOf(all));
  return {
    add(observer) {
      all.add(observer);
      renew();
      return () => {
        all.delete(observer);
        renew();
      };
    },
    added(task) {
      for (const one of listeners.added) one(task);
    },
    started(attempt) {
      for (const one of listeners.started) one(attempt);
    },
    returned(attempt) {
      for (const one of listeners.returned) one(attempt);
    },
    ended(over, outcome) {
      for (const one of listeners.ended) one(over, outcome);
    },
    settled(task, outcome) {
      for (const one of listeners.settled) one(task, outcome);
    },
    haltCounted(effect) {
      for (const one of listeners.haltCounted) one(effect);
    },
    output(task, stream, text) {
      for (const one of listeners.output) one(task, stream, text);
    },
    idle() {
      for (const one of listeners.idle) one();
    },
    stray(error) {
      for (const one of listeners.stray) one(error);
    },
  };
}

type Listeners<T extends Task> = { [K in keyof JobObserver<T>]: JobObserver<T>[K][] };

function listenersOf<T extends Task>(observers: Iterable<Partial<JobObserver<T>>>): Listeners<T> {
  const listeners: Listeners<T> = {
    added: [],
    started: [],
    returned: [],
    ended: [],
    settled: [],
    haltCounted: [],
    output: [],
    idle: [],
    stray: [],
  };
  for (const observer of observers) {
    for (const name of Object.keys(listeners) as (keyof JobObserver<T>)[]) {
      const listener = observer[name];
      if (listener !== undefined) (listeners[name] as unknown[]).push(listener);
    }
  }
  return listeners;
}
