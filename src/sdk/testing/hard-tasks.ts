import { parentPort } from "node:worker_threads";
import { type Task, task } from "../../function/mark.ts";
import * as tasks from "./tasks.ts";

// Tasks for tests that no well-meant program has.

/** Throws what can hardly be thrown, by its name in `throwables`. */
export const throwsHard: Task<(name: string) => Error> = task((name) => {
  throw throwables[name]!();
});

export const returnsHard: Task<(name: string) => unknown> = task((name) => returnables[name]!());

const no = (): never => {
  throw new Error("do not look");
};

const throwables: Record<string, () => unknown> = {
  getters: () => {
    const error = new RangeError("seen");
    for (const key of ["code", "cause", "stack"])
      Object.defineProperty(error, key, { enumerable: true, get: no });
    return error;
  },
  "a name that is no text": () => Object.assign(new Error("seen"), { name: { toString: no } }),
  proxy: () => new Proxy(new Error("hidden"), { get: no, getPrototypeOf: no, has: no }),
  "a circle of errors": () => {
    const error = new AggregateError([], "circle");
    error.errors.push(...Array.from({ length: 8 }, () => error));
    return error;
  },
  "a long chain": () => {
    let error = new Error("first");
    for (let n = 0; n < 10_000; n++) error = new Error(`after ${n}`, { cause: error });
    return error;
  },
  AbortError: () => AbortSignal.abort().reason,
  "another YonderError": () => new (class YonderError extends Error {})("theirs"),
};

const returnables: Record<string, () => unknown> = {
  // biome-ignore lint/suspicious/noThenProperty: it is there to be refused
  "a getter for then": () => Object.defineProperty({}, "then", { get: no }),
  proxy: () => new Proxy({}, { get: no, ownKeys: no, getPrototypeOf: no }),
  "too deep": () => {
    let value: unknown;
    for (let n = 0; n < 200_000; n++) value = { value };
    return value;
  },
  "an iterator": () => [1, 2, 3].values(),
  "a promise within": () => ({ inner: Promise.resolve(1) }),
};

/** What it waits for never comes. */
export const failsInTimer: Task<() => Promise<never>> = task(
  () =>
    new Promise(() => {
      setTimeout(() => {
        throw new Error("from a timer");
      }, 5);
    }),
);

/** Quick, but for one item: that one exits, never ends, or takes all memory. */
export const trapAt: Task<(n: number, trap: number, kind: "exit" | "spin" | "memory") => number> = task(
  (n, trap, kind) => {
    if (n !== trap) return n;
    if (kind === "exit") process.exit(9);
    const kept: unknown[] = [];
    for (;;) if (kind === "memory") kept.push(Array.from({ length: 10_000 }, () => ({ n })));
  },
);

/** Returns a generator, but is none. */
export const givesItems: Task<(to: number) => unknown> = task((to) => tasks.count(to));

/** Sends a message of its own, as code does that other pools of threads run, too. */
export const posts: Task<() => number> = task(() => {
  for (const message of [null, "text", { done: true }]) parentPort?.postMessage(message);
  return 1;
});
