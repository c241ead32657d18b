import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type ActorClass, actor, type Task, task } from "../../src/function/mark.ts";
import { currentTask } from "../../src/launch/thread/context.ts";

// Tasks for tests of other machines: these differ in their home directories alone.

export const home: Task<() => string> = task(() => homedir());

export const homeAfter: Task<(ms: number) => Promise<string>> = task(async (ms) => {
  await sleep(ms);
  return homedir();
});

export const busy: Task<(n: number) => [number, string]> = task((n) => {
  const end = performance.now() + 1;
  while (performance.now() < end);
  return [n * n, homedir()];
});

export const spins: Task<(ms: number) => void> = task((ms) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
});

export const throws: Task<(message: string) => never> = task((message) => {
  throw new RangeError(message, { cause: new TypeError("the cause") });
});

/** An error in a value, with parts that structured clone would lose, and views of more memory than they show. */
export const reports: Task<
  (given: { bytes: Uint8Array; isAdmin?: boolean }) => {
    reason: RangeError & { errors?: string[] };
    bytes: Uint8Array;
    text: Buffer;
    facts: unknown[];
  }
> = task(({ bytes, isAdmin }) => ({
  reason: Object.assign(new RangeError("there", { cause: { status: 404 } }), { errors: ["a"] }),
  bytes: new Uint8Array(1000).subarray(1, 4),
  text: Buffer.from("pooled"),
  facts: [Buffer.isBuffer(bytes), bytes.buffer.byteLength, isAdmin],
}));

export const says: Task<(text: string) => string> = task((text) => {
  console.log(text);
  console.error(text.toUpperCase());
  return text;
});

/** What a program that a task calls writes, and what it reads. */
export const shouts: Task<() => Promise<string>> = task(async () => {
  const { execFileSync } = await import("node:child_process");
  execFileSync("sh", ["-c", "echo to standard output; head -c 1 | wc -c >&2"], { stdio: "inherit" });
  return "done";
});

export const sum: Task<(list: Float64Array, factor: number) => number> = task(
  (list, factor) => list.reduce((a, b) => a + b, 0) * factor,
);

/** Whether the array is in shared memory, and how many have been there. */
export const isShared: Task<(list: Float64Array) => boolean> = task(
  (list) => list.buffer instanceof SharedArrayBuffer,
);

export const ramp: Task<(length: number) => Float64Array> = task((length) =>
  new Float64Array(length).map((_, index) => index),
);

export const count: Task<(to: number) => Generator<number, string>> = task(function* (to) {
  for (let n = 0; n < to; n++) yield n;
  return "end";
});

export const waitsForSignal: Task<() => Promise<string>> = task(async () => {
  const { signal } = currentTask()!;
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  return "stopped";
});

export const exits: Task<(code: number) => never> = task((code) => process.exit(code));

export const reads: Task<(name: string) => string> = task((name) =>
  readFileSync(new URL(name, import.meta.url), "utf8"),
);

export const pid: Task<() => number> = task(() => process.pid);

export const Counter: ActorClass<
  new (
    from?: number,
  ) => {
    add(n: number): number;
    home(): string;
    exit(): void;
    checkpoint(): number;
  }
> = actor(
  class Counter {
    #count: number;

    constructor(from = 0) {
      this.#count = from;
    }

    static restore(count: number): Counter {
      return new Counter(count);
    }

    add(n: number): number {
      this.#count += n;
      return this.#count;
    }

    home(): string {
      return homedir();
    }

    exit(): void {
      process.exit(3);
    }

    checkpoint(): number {
      return this.#count;
    }
  },
);
