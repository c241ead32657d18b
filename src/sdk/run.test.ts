import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { YonderError } from "../interface/errors.ts";
import { Ref } from "../kinds/function/ref.ts";
import { connect } from "./connect.ts";
import * as tasks from "./testing/tasks.ts";

const options = { threads: 2, journal: false } as const;

function codeOf(code: string, message?: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof YonderError, String(error));
    assert.equal(error.code, code, error.message);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };
}

test("a task stays a function, and runs elsewhere when it is run", async () => {
  assert.equal(tasks.add(1, 2), 3);
  await using y = await connect(options);
  const ref = y.run(tasks.add, 1, 2);
  assert.ok(ref instanceof Ref);
  assert.equal(await ref, 3);
  assert.equal(await ref, 3);
});

test("a ref is an argument at any depth, and the task waits for it", async () => {
  await using y = await connect(options);
  const one = y.run(tasks.add, 0, 1);
  const two = y.run(tasks.add, one, one);
  assert.equal(await y.run(tasks.sum, [one, two, 3, y.put(4)]), 10);
  assert.deepEqual(await y.get([one, two]), [1, 2]);
});

test("an error arrives as its own class, with the stack of the worker, its cause and its task", async () => {
  await using y = await connect(options);
  const ref = y.run(tasks.throws, "too far");
  await assert.rejects(ref, (error: RangeError & { task?: number }) => {
    assert.ok(error instanceof RangeError);
    assert.equal(error.message, "too far");
    assert.match(error.stack!, /testing\/tasks\.ts/);
    assert.match(error.stack!, /at task 1 \(throws, attempt 1\)/);
    assert.ok(error.cause instanceof TypeError);
    assert.equal(error.task, ref.task);
    return true;
  });
});

test("what depends on a failed task fails with its error, and never runs", async () => {
  await using y = await connect(options);
  const failed = y.run(tasks.throws, "first");
  const next = y.run(tasks.add, failed, 1);
  const last = y.run(tasks.sum, [next]);
  await assert.rejects(last, /first/);
  await assert.rejects(y.run(tasks.add, failed, 1), /first/);
  const summary = await y.close();
  assert.deepEqual([summary.failed, summary.skipped], [1, 3]);
});

test("a failure that nobody looks at is an outcome, and no unhandled rejection", async () => {
  const y = await connect(options);
  y.run(tasks.throws, "unseen");
  const summary = await y.close();
  assert.equal(summary.failed, 1);
});

test("retries: so many, after a rest, and only for the errors named", async () => {
  await using y = await connect(options);
  const retried = y.with({ retries: { count: 2, backoffMs: 20 } });
  const started = performance.now();
  assert.equal(await retried.run(tasks.failsAtFirst, 2, "not yet"), 3);
  assert.ok(performance.now() - started >= 60, "20 ms, then 40 ms");
  await assert.rejects(retried.run(tasks.failsAtFirst, 3, "never"), /never/);
  await assert.rejects(
    y.with({ retries: { count: 5, on: [TypeError] } }).run(tasks.throws, "a RangeError"),
    /at task \d+ \(throws, attempt 1\)|a RangeError/,
  );
  assert.equal(await y.with({ retries: { count: 1, on: ["Error"] } }).run(tasks.failsAtFirst, 1, "x"), 2);
});

test("a task that takes too long is told to stop, and its thread is replaced where it hears nothing", async () => {
  await using y = await connect({ ...options, graceMs: 50 });
  const short = y.with({ timeoutMs: 100 });
  const [busy, beside] = [short.run(tasks.spin, 60_000), y.run(tasks.spin, 300)];
  await assert.rejects(busy, codeOf("TIMEOUT", /spin \(task 1\) took longer than 100 ms/));
  assert.equal(await beside, 300);
  await assert.rejects(short.run(tasks.waitsForSignal), codeOf("TIMEOUT"));
  assert.equal(await y.run(tasks.add, 1, 1), 2);
});

test("cancel ends a task and what depends on it, whether it runs, waits or is blocked", async () => {
  await using y = await connect({ ...options, graceMs: 50 });
  const running = y.run(tasks.spin, 60_000);
  const dependent = y.run(tasks.add, running, 1);
  const others = [y.run(tasks.spin, 60_000), y.run(tasks.spin, 60_000)];
  await sleep(50);
  for (const ref of [running, ...others]) y.cancel(ref);
  for (const ref of [running, ...others]) await assert.rejects(ref, codeOf("CANCELLED"));
  await assert.rejects(dependent, codeOf("CANCELLED"));
  const done = y.run(tasks.add, 1, 1);
  assert.equal(await done, 2);
  y.cancel(done);
  assert.equal(await done, 2);
});

test("currentTask() gives a running task its signal", async () => {
  await using y = await connect({ ...options, graceMs: 60_000 });
  const ref = y.run(tasks.waitsForSignal);
  await sleep(100);
  const started = performance.now();
  y.cancel(ref);
  await assert.rejects(ref, codeOf("CANCELLED"));
  assert.ok(performance.now() - started < 30_000, "it heard, and its thread was not ended");
});

test("a task that exits, or dies, harms nobody else", async () => {
  await using y = await connect(options);
  const ends = [y.run(tasks.exits, 3), y.with({ isolation: "process" }).run(tasks.exits, 4)];
  const sums = Array.from({ length: 200 }, (_, n) => y.run(tasks.add, n, n));
  await assert.rejects(ends[0]!, codeOf("WORKER_LOST", /process\.exit\(3\)/));
  await assert.rejects(ends[1]!, codeOf("WORKER_LOST", /exited with 4/));
  assert.deepEqual(
    await y.get(sums),
    sums.map((_, n) => 2 * n),
  );
});

test("a task that runs out of memory says so", async () => {
  await using y = await connect({ ...options, threadMemoryBytes: 32 * 2 ** 20 });
  await assert.rejects(y.run(tasks.hoards), codeOf("WORKER_LOST", /out of memory/));
  assert.equal(await y.run(tasks.add, 1, 1), 2);
});

test("a task may throw anything", async () => {
  await using y = await connect(options);
  await assert.rejects(y.run(tasks.throwsValue, "a text"), /a text was thrown, which is no error/);
  await assert.rejects(y.run(tasks.throwsValue, { code: 7 }), (error: Error) => {
    assert.deepEqual(error.cause, { code: 7 });
    return true;
  });
});

test("what cannot be sent is named by its path", async () => {
  await using y = await connect(options);
  const bad = { options: { onDone: () => {} } } as unknown as number;
  await assert.rejects(y.run(tasks.add, 1, bad), codeOf("ARGUMENT", /args\[1\]\.options\.onDone/));
  await assert.rejects(y.run(tasks.returnsFunction), codeOf("ARGUMENT", /result\.f/));
  assert.equal(await y.run(tasks.add, 1, 1), 2);
});

test("inline functions run too, unless they capture something", async () => {
  await using y = await connect(options);
  assert.equal(await y.run((a: number, b: number) => a * b, 6, 7), 42);
  const width = 3;
  await assert.rejects(
    y.run((a: number) => a * width, 1),
    codeOf("FUNCTION", /captures `width`/),
  );
});

test("an unmarked function of a module that is not exported is refused with the remedy", async () => {
  await using y = await connect(options);
  await assert.rejects(y.run(tasks.bag.hidden), codeOf("FUNCTION", /not exported/));
});

test("urgent tasks come first", async () => {
  await using y = await connect({ ...options, threads: 1 });
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  const first = y.run(tasks.spin, 30).then(note("first"));
  const plain = y.run(tasks.spin, 1).then(note("plain"));
  const urgent = y.with({ priority: 1 }).run(tasks.spin, 1).then(note("urgent"));
  await Promise.all([first, plain, urgent]);
  assert.deepEqual(order.slice(-2), ["urgent", "plain"]);
});

test("resources: never more at a time than there is, and an error for what there never will be", async () => {
  await using y = await connect({ ...options, threads: 4, resources: { licences: 1 } });
  const licensed = y.with({ resources: { licences: 1, cpus: 0.5 } });
  const spans = await y.get(Array.from({ length: 6 }, () => licensed.run(tasks.span, 20)));
  spans.sort((a, b) => a[0] - b[0]);
  for (const [index, [start]] of spans.entries()) {
    if (index > 0) assert.ok(start >= spans[index - 1]![1] - 1, "one at a time");
  }
  assert.throws(
    () => y.with({ resources: { licences: 2 } }).run(tasks.add, 1, 1),
    codeOf("RESOURCE", /needs 2 licences/),
  );
  assert.throws(() => y.with({ resources: { gpus: 1 } }).run(tasks.add, 1, 1), codeOf("RESOURCE", /has 0/));
});

test("tasks that wait rather than compute share threads", async () => {
  await using y = await connect(options);
  const waiting = y.with({ resources: { cpus: 0 } });
  const started = performance.now();
  await y.get(Array.from({ length: 50 }, () => waiting.run(tasks.waits, 1000)));
  assert.ok(performance.now() - started < 20_000, "50 times a second, side by side");
});

test("two calls of the same key are one", async () => {
  await using y = await connect(options);
  const keyed = y.with({ key: "once" });
  const [a, b] = [keyed.run(tasks.add, 1, 1), keyed.run(tasks.add, 5, 5)];
  assert.deepEqual([await a, await b], [2, 2]);
});

test("wait tells who is over", async () => {
  await using y = await connect(options);
  await y.get([y.run(tasks.spin, 100), y.run(tasks.spin, 100)]);
  const [slow, quick] = [y.run(tasks.spin, 600), y.run(tasks.add, 1, 1)];
  assert.deepEqual(await y.wait([slow, quick], { count: 1 }), { done: [quick], pending: [slow] });
  assert.deepEqual(await y.wait([slow], { timeoutMs: 1 }), { done: [], pending: [slow] });
  assert.deepEqual(await y.wait([slow, quick]), { done: [slow, quick], pending: [] });
  await assert.rejects(y.wait([y.run(tasks.spin, 100)], { signal: AbortSignal.timeout(1) }), /timeout/);
});

test("close waits for every task, or cancels them, and takes no more", async () => {
  const y = await connect({ ...options, graceMs: 20 });
  const ref = y.run(tasks.spin, 50);
  const summary = await y.close();
  assert.equal(await ref, 50);
  assert.equal(summary.succeeded, 1);
  assert.throws(() => y.run(tasks.add, 1, 1), codeOf("CLOSED"));
  assert.deepEqual(await y.close(), summary);

  const other = await connect({ ...options, graceMs: 20 });
  const refs = [other.run(tasks.spin, 60_000), other.run(tasks.spin, 60_000), other.run(tasks.spin, 60_000)];
  const ended = Promise.allSettled(refs);
  assert.equal((await other.close({ cancel: true })).cancelled, 3);
  for (const { status } of await ended) assert.equal(status, "rejected");
});

test("options that make no sense are refused at once", async () => {
  await using y = await connect(options);
  assert.throws(() => y.with({ timeoutMs: -1 }), codeOf("USAGE", /timeoutMs/));
  // @ts-expect-error there is no such option
  assert.throws(() => y.with({ timeout: 5 }), codeOf("USAGE", /timeout/));
  // @ts-expect-error the arguments are typed
  y.cancel(y.run(tasks.add, "a", 2));
});
