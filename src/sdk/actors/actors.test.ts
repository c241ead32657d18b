import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "../connect.ts";
import type { ConnectOptions } from "../connect-options.ts";
import { Counter, Other } from "../testing/actors.ts";
import * as tasks from "../testing/tasks.ts";
import type { Yonder } from "../yonder.ts";

const open = (options: ConnectOptions = {}): Promise<Yonder> =>
  connect({ threads: 2, journal: false, progress: false, ...options });

test("calls are made one at a time, in order, whatever they wait for", async () => {
  await using y = await open();
  const counter = await y.actor(Counter, { args: [5] });
  const results = [counter.add(1), counter.addSlowly(10, 20), counter.add(1)];
  assert.deepEqual(await Promise.all(results), [6, 16, 17]);
});

test("a ref as an argument holds up the calls behind it, and its failure only its own call", async () => {
  await using y = await open();
  const counter = await y.actor(Counter);
  const slow = y.run(tasks.spin, 50);
  const bad = y.run(tasks.throws, "no");
  counter.add(1);
  counter.add(slow);
  const failed = counter.add(bad);
  counter.add(3);
  await assert.rejects(failed, { name: "RangeError", message: "no" });
  assert.deepEqual(await counter.all(), [1, 50, 3]);
});

test("a call's ref is an argument of tasks", async () => {
  await using y = await open();
  const counter = await y.actor(Counter);
  assert.equal(await y.run(tasks.add, counter.add(3), 4), 7);
});

test("a method that throws has failed, and the state stays as it left it", async () => {
  await using y = await open();
  const counter = await y.actor(Counter);
  await assert.rejects(counter.addAndThrow(2), { name: "RangeError", message: "2 is too much", task: 1 });
  assert.equal(await counter.add(1), 3);
});

test("a generator streams, and keeps the actor busy until its end", async () => {
  await using y = await open();
  const counter = await y.actor(Counter);
  const items = counter.count(1000);
  const after = counter.add(1);
  let sum = 0;
  for await (const item of items) sum += item;
  assert.deepEqual([sum, items.returned, await after], [500_500, "end", 1]);
});

test("a generator that is left early frees the actor", async () => {
  await using y = await open();
  const counter = await y.actor(Counter);
  for await (const item of counter.count(1e9)) if (item === 100) break;
  assert.equal(await counter.add(1), 1);
});

test("what is wrong with a call is in its outcome", async () => {
  await using y = await open();
  const counter = await y.actor(Counter);
  await assert.rejects(counter.add((() => 1) as never), {
    code: "ARGUMENT",
    message: /args\[0\] is a function/,
  });
  const task = tasks.add as unknown as (actor: object) => number;
  await assert.rejects(y.run(task, counter), {
    code: "ARGUMENT",
    message: /args\[0\] is the actor Counter.*#\d+: actors stay with the program/,
  });
  await assert.rejects(counter.gives(), { code: "ARGUMENT", message: /result is a function/ });
  await assert.rejects((counter as unknown as { nothing(): Promise<void> }).nothing(), {
    code: "FUNCTION",
    message: "CounterClass has no method nothing",
  });
  assert.equal(await counter.add(1), 1);
});

test("what the constructor throws is what y.actor throws, and the name is free again", async () => {
  await using y = await open();
  const options = { name: "c", args: [-1] } as const;
  await assert.rejects(y.actor(Counter, options), { name: "RangeError", message: "it counts from 0" });
  assert.equal(await (await y.actor(Counter, { name: "c" })).add(1), 1);
});

test("an actor is found by its name; another class may not have it", async () => {
  await using y = await open();
  const [one, two] = await Promise.all([
    y.actor(Counter, { name: "hits", args: [1] }),
    y.actor(Counter, { name: "hits" }),
  ]);
  await one.add(1);
  assert.equal(await two.add(1), 3);
  await assert.rejects(y.actor(Other, { name: "hits" }), {
    code: "ACTOR_CONFLICT",
    message: "the actor hits is one of the class CounterClass, not of OtherClass",
  });
  await y.stop(one);
  assert.equal(await (await y.actor(Other, { name: "hits" })).hello(), "hello");
});

test("a full mailbox refuses, or lets wait", async () => {
  await using y = await open();
  const counter = await y.actor(Counter, { mailbox: 2 });
  const two = [counter.addSlowly(1, 30), counter.add(1)];
  await assert.rejects(counter.add(1), { code: "MAILBOX_FULL" });
  assert.deepEqual(await Promise.all(two), [1, 2]);
  assert.equal(await counter.add(1), 3);
  const patient = await y.actor(Counter, { mailbox: 2, whenFull: "wait" });
  assert.deepEqual(await Promise.all([1, 1, 1, 1].map((k) => patient.add(k))), [1, 2, 3, 4]);
});

test("cancelling: a call that waits is not made, one that runs is told", async () => {
  await using y = await open();
  const counter = await y.actor(Counter);
  const running = counter.waitForSignal();
  const waiting = counter.add(5);
  const after = counter.add(1);
  y.cancel(waiting);
  await assert.rejects(waiting, { code: "CANCELLED" });
  setTimeout(() => y.cancel(running), 50);
  await assert.rejects(running, { code: "CANCELLED" });
  assert.equal(await after, 1);
});

for (const isolation of ["thread", "process"] as const) {
  test(`a crash: what was under way is lost, what was not is made by a new instance (${isolation})`, async () => {
    await using y = await open();
    const counter = await y.actor(Counter, { isolation, args: [10] });
    assert.equal(await counter.add(1), 11);
    await assert.rejects(counter.exit(3), { code: "WORKER_LOST", message: /Counter.*exit.*3/ });
    assert.equal(await counter.add(1), 11);
    const slow = counter.addSlowly(1, 20);
    const exit = counter.exit(1);
    const behind = counter.add(1);
    await slow;
    await assert.rejects(exit, { code: "WORKER_LOST" });
    // A process cannot say what it had not begun.
    if (isolation === "thread") assert.equal(await behind, 11);
    else await assert.rejects(behind, { code: "WORKER_LOST" });
  });
}

test("retries: what was under way is made again", async () => {
  await using y = await open();
  const counter = await y.actor(Counter, { isolation: "process", retries: 1 });
  const { pid } = await counter.place();
  const slow = counter.addSlowly(1, 100);
  setTimeout(() => process.kill(pid, "SIGKILL"), 50);
  assert.equal(await slow, 1);
});

test("after more crashes than it may have the actor is dead, and its name free", async () => {
  await using y = await open();
  const options = { name: "c", dedicated: true, restart: { intensity: 2, periodMs: 60_000 } } as const;
  const counter = await y.actor(Counter, options);
  for (let crash = 0; crash < 2; crash++) {
    await assert.rejects(counter.exit(1), { code: "WORKER_LOST" });
    assert.equal(await counter.add(1), 1);
  }
  const [last, behind] = [counter.exit(1), counter.add(1)];
  await assert.rejects(last, { code: "WORKER_LOST" });
  await assert.rejects(behind, { code: "ACTOR_DEAD", message: /actor c is dead.* 2 times in 60000 ms/ });
  await assert.rejects(counter.add(1), { code: "ACTOR_DEAD" });
  assert.equal(await (await y.actor(Counter, options)).add(1), 1);
});

test("a crash of a shared thread counts for those alone that were at work", async () => {
  await using y = await open({ threads: 1 });
  const bad = await y.actor(Counter, { restart: { intensity: 9 } });
  const good = await y.actor(Counter, { restart: { intensity: 0 } });
  assert.equal((await good.place()).thread, (await bad.place()).thread);
  for (let crash = 0; crash < 3; crash++) await assert.rejects(bad.exit(1), { code: "WORKER_LOST" });
  assert.equal(await good.add(1), 1);
});

test("one for all: the others start anew too; rest for one: those that came later", async () => {
  await using y = await open();
  for (const [strategy, expected] of [
    ["one-for-one", [2, 1, 2]],
    ["one-for-all", [1, 1, 1]],
    ["rest-for-one", [2, 1, 1]],
  ] as const) {
    const group = y.supervisor({ strategy });
    const members = [
      await group.actor(Counter, { dedicated: true }),
      await group.actor(Counter, { isolation: "process" }),
      await group.actor(Counter),
    ];
    await Promise.all(members.map((one) => one.add(1)));
    await assert.rejects(members[1]!.exit(1), { code: "WORKER_LOST" });
    assert.deepEqual(await Promise.all(members.map((one) => one.add(1))), expected, strategy);
  }
});

test("a group that gives up takes all its members with it", async () => {
  await using y = await open();
  const group = y.supervisor({ intensity: 0 });
  const [one, two] = [await group.actor(Counter), await group.actor(Counter, { dedicated: true })];
  await assert.rejects(two.exit(1), { code: "WORKER_LOST" });
  await assert.rejects(one.add(1), { code: "ACTOR_DEAD" });
});

test("crashOnError: the call fails as it did, and the next one finds a new instance", async () => {
  await using y = await open();
  const counter = await y.actor(Counter, { crashOnError: true });
  const all = await Promise.allSettled([counter.add(1), counter.addAndThrow(2), counter.add(4)]);
  assert.deepEqual(
    all.map((one) => (one.status === "fulfilled" ? one.value : (one.reason as Error).message)),
    [1, "2 is too much", 4],
  );
});

test("a stopped actor does what it has to do, and takes no more", async () => {
  await using y = await open();
  const counter = await y.actor(Counter);
  const last = counter.addSlowly(1, 20);
  const stopped = y.stop(counter);
  await assert.rejects(counter.add(1), { code: "CLOSED", message: /was stopped/ });
  await stopped;
  assert.equal(await last, 1);
  await y.stop(counter);
});

test("calls are tasks of the job: they have its numbers, events, and places in its summary", async () => {
  const y = await open();
  const ended: string[] = [];
  y.on("task", ({ type, ...event }) => ended.push(`${type} ${event.task}`));
  const counter = await y.actor(Counter);
  const refs = [y.run(tasks.add, 1, 1), counter.add(1), counter.addAndThrow(1)];
  assert.deepEqual(
    refs.map(({ task }) => task),
    [1, 2, 3],
  );
  const { total, succeeded, failed } = await y.close();
  assert.deepEqual({ total, succeeded, failed }, { total: 3, succeeded: 2, failed: 1 });
  assert.throws(() => counter.add(1), { code: "CLOSED" });
  assert.ok(ended.some((line) => line.endsWith(" 2")));
});

test("closing with cancel ends calls that never would, and leaves a durable actor to the next", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "yonder-actors-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const options = { name: "c", durable: { directory } };
  const y = await open({ graceMs: 50 });
  const [counter, durable] = [await y.actor(Counter), await y.actor(Counter, options)];
  const refs = [counter.never(), durable.add(1), durable.never(), durable.add(2)];
  await refs[1];
  await y.close({ cancel: true });
  for (const [index, ref] of refs.entries())
    if (index !== 1) await assert.rejects(ref, { code: "CANCELLED" });
  // It was logged, so it happens: also the one that never ends.
  await using next = await open({ graceMs: 50 });
  const call = (await next.actor(Counter, options)).add(1);
  next.cancel(call);
  await assert.rejects(call, { code: "CANCELLED" });
});

test("what is no actor, and options without sense, are refused", async () => {
  await using y = await open();
  class Unmarked {}
  await assert.rejects(y.actor(Unmarked as never), { code: "FUNCTION", message: /Unmarked is not marked/ });
  await assert.rejects(y.actor(Counter, { mailbox: 0 }), { code: "USAGE", message: "mailbox is 0" });
  await assert.rejects(y.actor(Counter, { durable: true }), { code: "USAGE", message: /has no name/ });
  await assert.rejects(y.actor(Other, { name: "o", durable: true }), {
    code: "USAGE",
    message: /it has no checkpoint\(\) and no static restore/,
  });
  assert.throws(() => y.supervisor({ strategy: "all" as never }), { code: "USAGE" });
});
