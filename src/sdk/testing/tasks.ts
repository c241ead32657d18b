import { setTimeout as sleep } from "node:timers/promises";
import { type Task, task } from "../../function/mark.ts";
import { currentTask } from "../../launch/thread/context.ts";

// Tasks for tests: each does one thing that a test asks for.

export const add: Task<(a: number, b: number) => number> = task((a, b) => a + b);

export const sum: Task<(list: readonly number[]) => number> = task((list) => list.reduce((a, b) => a + b, 0));

export const throws: Task<(message: string) => number> = task((message) => {
  throw new RangeError(message, { cause: new TypeError("the cause") });
});

/** Keeps its thread busy. */
export const spin: Task<(ms: number) => number> = task((ms) => {
  const end = Date.now() + ms;
  while (Date.now() < end);
  return ms;
});

export const exits: Task<(code: number) => never> = task((code) => process.exit(code));

export const count: Task<(to: number) => Generator<number, string>> = task(function* (to) {
  for (let n = 0; n < to; n++) yield n;
  return "end";
});

export const says: Task<(text: string) => Promise<string>> = task(async (text) => {
  console.log(text);
  await sleep(1);
  console.error(text.toUpperCase());
  return text;
});

/** Waits until it is told to stop; resolves with the reason's message. */
export const waitsForSignal: Task<() => Promise<string>> = task(async () => {
  const { signal } = currentTask()!;
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  return (signal.reason as Error).message;
});

/** The sum of the bytes. */
export const total: Task<(bytes: Uint8Array) => number> = task((bytes) => {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return sum;
});

export const bytes: Task<(size: number, value: number) => Uint8Array> = task((size, value) =>
  new Uint8Array(size).fill(value),
);

/** Fails so many times, then returns the number of the attempt. */
export const failsAtFirst: Task<(times: number, message: string) => number> = task((times, message) => {
  const { attempt } = currentTask()!;
  if (attempt <= times) throw new Error(message);
  return attempt;
});

export const throwsValue: Task<(value: unknown) => never> = task((value) => {
  throw value;
});

export const returnsFunction: Task<() => unknown> = task(() => ({ f: () => 1 }));

const hiddenTask: Task<() => number> = task(() => 1);
export const bag: { readonly hidden: Task<() => number> } = { hidden: hiddenTask };

/** Allocates until it is stopped. */
export const hoards: Task<() => number> = task(() => {
  const kept: unknown[] = [];
  for (;;) kept.push(Array.from({ length: 10_000 }, (_, n) => ({ n })));
});

/** When it began and when it ended, in milliseconds since the epoch. */
export const span: Task<(ms: number) => [startMs: number, endMs: number]> = task((ms) => {
  const startMs = Date.now();
  while (Date.now() < startMs + ms);
  return [startMs, Date.now()];
});

export const waits: Task<(ms: number) => Promise<void>> = task(async (ms) => {
  await sleep(ms);
});

let made = 0;

/** Each item with the number of items that have been made when it is read: as far as the thread's memory tells. */
export const countsAloud: Task<(to: number) => Generator<[number, number]>> = task(function* (to) {
  made = 0;
  const shared = new Int32Array(new SharedArrayBuffer(4));
  for (let n = 0; n < to; n++) {
    shared[0] = ++made;
    yield [n, made];
  }
});

export const countsThenFails: Task<(to: number) => AsyncGenerator<number>> = task(async function* (to) {
  for (let n = 0; n < to; n++) yield n;
  throw new Error("no more");
});

let kept: Uint8Array | undefined;

/** The same array at each call in a thread. */
export const keptBytes: Task<(size: number) => Uint8Array> = task((size) => (kept ??= new Uint8Array(size)));
