import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Piscina } from "piscina";
import type { Ref } from "../../src/kinds/function/ref.ts";
import type { ActorStub } from "../../src/sdk/actors/stub.ts";
import { connect } from "../../src/sdk/connect.ts";
import type { Yonder } from "../../src/sdk/yonder.ts";
import * as tasks from "./tasks.ts";

/**
 * What the measurements of the SDK run: `node bench/sdk/work.ts WHO WHAT AMOUNT`, on two threads. Prints what it has measured, after a
 * start that does not count, in a line that begins with `measured`.
 */
const [who = "", what = "", words = ""] = process.argv.slice(2);
const amount = Number(words);
const THREADS = 2;

if (who === "piscina") await piscina();
else {
  // The journal is on, as it is for everybody.
  await using y = await connect({ threads: THREADS, progress: false });
  await y.get([1, 2, 3, 4].map((n) => y.run(tasks.nothing, n)));
  await yonder(y);
}

async function yonder(y: Yonder): Promise<void> {
  switch (what) {
    case "map":
      await yonderMap(y, amount / 4);
      return rate(() => yonderMap(y, amount));
    case "all":
      await yonderAll(y, amount / 4);
      return rate(() => yonderAll(y, amount));
    case "sequence":
      await yonderSequence(y, amount / 4);
      return rate(() => yonderSequence(y, amount));
    case "graph":
      return graph(y);
    case "actor":
      return actorCalls(await y.actor(tasks.Counter));
    case "actor-process":
      return actorCalls(await y.actor(tasks.Counter, { isolation: "process" }));
    case "actor-durable":
      return durableActorCalls(y);
    case "array":
      return array(y);
    default:
      throw new Error(`no such work: ${what}`);
  }
}

async function yonderMap(y: Yonder, count: number): Promise<void> {
  let expected = 0;
  for await (const n of y.map(tasks.nothing, numbers(count))) same(n, expected++);
  same(expected, count);
}

async function yonderAll(y: Yonder, count: number): Promise<void> {
  const found = await Promise.all([...numbers(count)].map((n) => y.run(tasks.nothing, n)));
  same(found.at(-1)!, count - 1);
}

async function yonderSequence(y: Yonder, count: number): Promise<void> {
  for (const n of numbers(count)) same(await y.run(tasks.nothing, n), n);
}

/** Fan-out and fan-in: 100 numbers to a sum, sums of sums, to one. All tasks are there before the first ends. */
async function graph(y: Yonder): Promise<void> {
  const leaves = Math.floor(amount / 1.01);
  const before = process.memoryUsage().rss;
  const startedMs = performance.now();
  let level: Ref<number>[] = [...numbers(leaves)].map((n) => y.run(tasks.nothing, n));
  let made = level.length;
  while (level.length > 1) {
    const next: Ref<number>[] = [];
    for (let at = 0; at < level.length; at += 100) next.push(y.run(tasks.sum, level.slice(at, at + 100)));
    made += next.length;
    level = next;
  }
  const bytes = process.memoryUsage().rss - before;
  same(await level[0]!, (leaves * (leaves - 1)) / 2);
  const ms = performance.now() - startedMs;
  console.log(`measured ${(made / ms) * 1000} ${bytes / made}`);
}

async function durableActorCalls(y: Yonder): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "yonder-bench-actors-"));
  try {
    const durable = { directory, every: 10_000 };
    await actorCalls(await y.actor(tasks.Counter, { name: "counter", durable }));
  } finally {
    await y.close();
    rmSync(directory, { recursive: true });
  }
}

/** Pipelined: each half of the mailbox is called when the half before it is done. */
async function actorCalls(counter: ActorStub<InstanceType<typeof tasks.Counter>>): Promise<void> {
  const half = 4000;
  let sum = 0;
  const calls = async (count: number): Promise<void> => {
    let before: Promise<number> = counter.add(0);
    for (let made = 0; made < count; made += half) {
      let last = before;
      for (let n = made; n < Math.min(count, made + half); n++) last = counter.add(1);
      await before;
      before = last;
    }
    sum += count;
    same(await before, sum);
  };
  await calls(amount / 4);
  await rate(() => calls(amount));
}

/** One array to eight tasks: how much memory that takes, in copies of the array. */
async function array(y: Yonder): Promise<void> {
  const floats = new Float64Array(amount / 8).fill(1);
  const before = process.memoryUsage();
  const ref = y.put(floats);
  const found = await y.get(Array.from({ length: 8 }, () => y.run(tasks.ends, ref)));
  same(found.length, 8);
  const after = process.memoryUsage();
  console.log(`measured ${(after.rss - before.rss) / amount}`);
}

async function piscina(): Promise<void> {
  const filename = new URL("piscina-worker.ts", import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: THREADS, maxThreads: THREADS });
  await Promise.all([1, 2, 3, 4].map((n) => pool.run(n)));
  const all = async (count: number): Promise<void> => {
    const found = await Promise.all([...numbers(count)].map((n) => pool.run(n)));
    same(found.at(-1), count - 1);
  };
  const sequence = async (count: number): Promise<void> => {
    for (const n of numbers(count)) same(await pool.run(n), n);
  };
  const work = what === "sequence" ? sequence : all;
  await work(amount / 4);
  await rate(() => work(amount));
  await pool.destroy();
}

async function rate(work: () => Promise<void>): Promise<void> {
  const startedMs = performance.now();
  await work();
  console.log(`measured ${(amount / (performance.now() - startedMs)) * 1000}`);
}

function* numbers(count: number): Generator<number> {
  for (let n = 0; n < count; n++) yield n;
}

function same(found: number, expected: number): void {
  if (found !== expected) throw new Error(`${found} came back, not ${expected}`);
}
