import { setTimeout as sleep } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { type ActorClass, actor } from "../../function/mark.ts";
import { currentTask } from "../../launch/thread/context.ts";

// Actors for tests.

class CounterClass {
  n: number;
  readonly history: number[] = [];

  constructor(n = 0) {
    if (n < 0) throw new RangeError("it counts from 0");
    this.n = n;
  }

  static restore({ n, history }: { n: number; history: number[] }): CounterClass {
    const counter = new CounterClass(n);
    counter.history.push(...history);
    return counter;
  }

  checkpoint(): { n: number; history: number[] } {
    return { n: this.n, history: this.history };
  }

  add(k: number): number {
    this.history.push(k);
    return (this.n += k);
  }

  async addSlowly(k: number, ms: number): Promise<number> {
    const { n } = this;
    await sleep(ms);
    return (this.n = n + k);
  }

  /** Changes the state before it throws. */
  addAndThrow(k: number): never {
    this.n += k;
    throw new RangeError(`${k} is too much`);
  }

  all(): number[] {
    return this.history;
  }

  *count(to: number): Generator<number, string> {
    for (let i = 1; i <= to; i++) yield this.n + i;
    return "end";
  }

  exit(code: number): never {
    process.exit(code);
  }

  place(): { pid: number; thread: number } {
    return { pid: process.pid, thread: threadId };
  }

  async waitForSignal(): Promise<string> {
    const { signal } = currentTask()!;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return "told to stop";
  }

  /** Whatever it is told. */
  never(): Promise<void> {
    return new Promise(() => {});
  }

  gives(): () => void {
    return () => {};
  }
}

export const Counter: ActorClass<typeof CounterClass> = actor(CounterClass);

class OtherClass {
  hello(): string {
    return "hello";
  }
}

export const Other: ActorClass<typeof OtherClass> = actor(OtherClass);
