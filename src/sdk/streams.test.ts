import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "./connect.ts";
import { mapCalls } from "./map.ts";
import { showOutput } from "./show-output.ts";
import * as tasks from "./testing/tasks.ts";

const options = { threads: 2, journal: false } as const;
async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const numbers = (to: number): number[] => Array.from({ length: to }, (_, n) => n);

test("map gives the results in order, or as they come", async () => {
  await using y = await connect(options);
  const doubled: number[] = [];
  for await (const n of y.map(tasks.add, numbers(5000), { args: [1] })) doubled.push(n);
  assert.deepEqual(
    doubled,
    numbers(5000).map((n) => n + 1),
  );
  const unordered: number[] = [];
  const delays = [1000, 1, 1, 1];
  for await (const ms of y.map(tasks.spin, delays, { ordered: false })) unordered.push(ms);
  assert.deepEqual(unordered, [1, 1, 1, 1000]);
});

test("map takes from an endless source only what its window holds", async () => {
  await using y = await connect(options);
  let taken = 0;
  const endless = function* (): Generator<number> {
    for (;;) yield taken++;
  };
  let read = 0;
  for await (const n of y.map(tasks.add, endless(), { args: [0], window: 10 })) {
    assert.equal(n, read++);
    assert.ok(taken <= read + 10, `${taken} taken, ${read} read`);
    if (read === 500) break;
  }
});

test("map reads asynchronous sources, and waits for them", async () => {
  await using y = await connect(options);
  const source = async function* (): AsyncGenerator<number> {
    for (const n of [1, 2, 3]) {
      await sleep(5);
      yield n;
    }
  };
  const found: number[] = [];
  for await (const n of y.map(tasks.add, source(), { args: [10] })) found.push(n);
  assert.deepEqual(found, [11, 12, 13]);
});

test("map ends with the first failure, of a task or of its source, and closes the source", async () => {
  await using y = await connect(options);
  let closed = 0;
  const source = function* (): Generator<string> {
    try {
      for (;;) yield "no";
    } finally {
      closed++;
    }
  };
  await assert.rejects(async () => {
    for await (const _ of y.map(tasks.throws, source(), { window: 4 }));
  }, /no/);
  const broken = function* (): Generator<number> {
    yield 1;
    throw new Error("the source is broken");
  };
  await assert.rejects(async () => {
    for await (const _ of y.map(tasks.spin, broken()));
  }, /the source is broken/);
  assert.equal(closed, 1);
});

test("leaving a map early cancels what still runs", async () => {
  const y = await connect({ ...options, graceMs: 20 });
  for await (const _ of y.map(tasks.spin, [1, 60_000, 60_000, 60_000])) break;
  const summary = await y.close();
  assert.deepEqual([summary.succeeded, summary.cancelled], [1, 3]);
});

test("a generator's items stream to the reader, and what it returns comes last", async () => {
  await using y = await connect(options);
  const stream = y.run(tasks.count, 1000);
  const found: number[] = [];
  for await (const n of stream) found.push(n);
  assert.deepEqual(found, numbers(1000));
  assert.equal(stream.returned, "end");
});

test("a slow reader slows the generator", async () => {
  await using y = await connect(options);
  const stream = y.run(tasks.countsAloud, 100_000);
  let read = 0;
  for await (const [n, made] of stream) {
    assert.equal(n, read++);
    assert.ok(made - n <= 128, `${made} made when ${n} was read`);
    if (read === 300) break;
    if (read % 100 === 0) await sleep(20);
  }
});

test("a generator that fails gives what it had, then its error", async () => {
  await using y = await connect(options);
  const found: number[] = [];
  await assert.rejects(async () => {
    for await (const n of y.run(tasks.countsThenFails, 3)) found.push(n);
  }, /no more/);
  assert.deepEqual(found, [0, 1, 2]);
});

test("leaving a stream early ends its generator", async () => {
  const y = await connect({ ...options, graceMs: 20 });
  for await (const n of y.run(tasks.count, Number.POSITIVE_INFINITY)) if (n === 100) break;
  assert.equal((await y.close()).cancelled, 1);
});

test("a map's window is 1 or more", () => {
  const tasks = { submit: () => assert.fail(), cancel: () => {} };
  for (const window of [0, -1, Number.NaN]) {
    assert.throws(() => mapCalls([1], tasks, { window }), /window/);
  }
});

test("map reads texts, and sources whose promises are of their own kind", async () => {
  await using y = await connect(options);
  assert.deepEqual(await allOf(y.map(tasks.says, "abc")), ["a", "b", "c"]);
  let n = 0;
  const next = (): PromiseLike<IteratorResult<number>> => ({
    // biome-ignore lint/suspicious/noThenProperty: that is what it is about
    then: (onValue) => Promise.resolve({ done: n === 3, value: n++ }).then(onValue),
  });
  const source = { [Symbol.asyncIterator]: () => ({ next }) } as AsyncIterable<number>;
  assert.deepEqual(await allOf(y.map(tasks.add, source, { args: [1] })), [1, 2, 3]);
});

test("a source that cannot be closed fails the reader that leaves, and no other error is hidden by it", async () => {
  await using y = await connect(options);
  const source = (): AsyncIterable<number> => ({
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: 1 }),
      return: async () => {
        throw new Error("it cannot be closed");
      },
    }),
  });
  await assert.rejects(async () => {
    for await (const _ of y.map(tasks.spin, source(), { window: 2 })) break;
  }, /it cannot be closed/);
  const bad = (() => 1) as unknown as number;
  await assert.rejects(y.map(tasks.add, source(), { window: 2, args: [bad] }).next(), /args\[1\]/);
});

test("leaving a map answers those that still read, also while its source waits for ever", async () => {
  await using y = await connect({ ...options, graceMs: 20 });
  const source = async function* (): AsyncGenerator<number> {
    yield 60_000;
    await new Promise(() => {});
  };
  const items = y.map(tasks.spin, source());
  const reading = items.next();
  await sleep(50);
  await items.return!();
  assert.equal((await reading).done, true);
});

test("a line that comes in many pieces takes no more time for it", { timeout: 20_000 }, () => {
  let lines = 0;
  const { output } = showOutput(() => lines++);
  for (let n = 0; n < 1_000_000; n++) output!(undefined, 1, ".");
  output!(undefined, 1, "\nnext\n");
  assert.equal(lines, 2);
});
