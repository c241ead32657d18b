import assert from "node:assert/strict";
import { test } from "node:test";
import { YonderError } from "../interface/errors.ts";
import { connect } from "./connect.ts";
import * as hard from "./testing/hard-tasks.ts";
import * as tasks from "./testing/tasks.ts";

function codeOf(code: string, message: RegExp = /./): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof YonderError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
}

/** The numbers of those that were rejected. */
async function failed(refs: Iterable<PromiseLike<unknown>>): Promise<number[]> {
  const results = await Promise.allSettled(refs);
  return results.flatMap(({ status }, n) => (status === "rejected" ? [n] : []));
}

// What a program does that means no good, or has bad luck.

const options = { threads: 1, journal: false } as const;

for (const isolation of ["thread", "process"] as const) {
  test(`whatever a task throws arrives as an error, and the next task runs (${isolation})`, async () => {
    await using y = await connect(options);
    const caller = y.with({ isolation, timeoutMs: 30_000 });
    const thrown = async (name: string): Promise<Error> => {
      const [error, next] = await Promise.all([
        caller.run(hard.throwsHard, name).catch((error: Error) => error),
        caller.run(tasks.add, 1, 1),
      ]);
      assert.equal(next, 2);
      return error;
    };
    const getters = await thrown("getters");
    assert.ok(getters instanceof RangeError);
    assert.equal(getters.message, "seen");
    assert.equal((await thrown("a name that is no text")).message, "seen");
    assert.match((await thrown("proxy")).message, /an object was thrown, which is no error/);
    assert.ok((await thrown("a circle of errors")) instanceof AggregateError);
    assert.equal((await thrown("a long chain")).message, "after 9999");
    const abort = await thrown("AbortError");
    assert.ok(abort instanceof DOMException);
    assert.equal(abort.name, "AbortError");
    const theirs = await thrown("another YonderError");
    assert.ok(!(theirs instanceof YonderError));
    assert.equal(theirs.message, "theirs");
  });

  test(`a result that cannot be looked at or sent fails its task alone (${isolation})`, async () => {
    await using y = await connect(options);
    const caller = y.with({ isolation, timeoutMs: 30_000 });
    for (const [name, message] of [
      ["a getter for then", /do not look/],
      ["proxy", /do not look/],
      ["too deep", /nested too deeply/],
      ["an iterator", /result is an \w*Iterator/],
      ["a promise within", /result\.inner is a Promise/],
    ] as const) {
      const [result, next] = await Promise.allSettled([
        caller.run(hard.returnsHard, name),
        caller.run(tasks.add, 1, 1),
      ]);
      assert.match(String(result.status === "rejected" && result.reason.message), message, name);
      assert.deepEqual(next, { status: "fulfilled", value: 2 });
    }
  });
}

test("an error in a timer fails the task that waits, and frees its slot", { timeout: 20_000 }, async () => {
  await using y = await connect(options);
  await assert.rejects(y.run(hard.failsInTimer), /from a timer/);
  assert.equal(await y.run(tasks.add, 1, 1), 2);
});

test("an argument that cannot be sent fails in its turn, between tasks that are sent with it", async () => {
  await using y = await connect({ ...options, threads: 2 });
  const bad = (() => 1) as unknown as number;
  for await (const _ of y.map(tasks.add, Array(1000).keys(), { args: [1] })); // tasks are short: they are sent ahead
  const results = await Promise.allSettled(
    Array.from({ length: 600 }, (_, n) =>
      n % 7 === 3
        ? y.with({ retries: { count: 3 } }).run(tasks.add, n, bad)
        : y.run(tasks.spin, n % 50 === 0 ? 5 : 0),
    ),
  );
  for (const [n, { status }] of results.entries()) {
    assert.equal(status, n % 7 === 3 ? "rejected" : "fulfilled", `task ${n}`);
  }
});

for (const kind of ["exit", "memory"] as const) {
  test(`one of many short tasks takes its thread with it: no other task fails (${kind})`, async () => {
    await using y = await connect({ ...options, threads: 2, threadMemoryBytes: 32 * 2 ** 20 });
    const refs = Array.from({ length: 500 }, (_, n) => y.run(hard.trapAt, n, 300, kind));
    assert.deepEqual(await failed(refs), [300]);
    await assert.rejects(refs[300]!, codeOf("WORKER_LOST"));
  });
}

test("one of many short tasks never ends: only that one runs out of time", async () => {
  await using y = await connect({ ...options, threads: 2, graceMs: 50 });
  const short = y.with({ timeoutMs: 2000 });
  const refs = Array.from({ length: 500 }, (_, n) => short.run(hard.trapAt, n, 300, "spin"));
  assert.deepEqual(await failed(refs), [300]);
  await assert.rejects(refs[300]!, codeOf("TIMEOUT"));
});

test("one of many short tasks never ends: it can be cancelled", { timeout: 30_000 }, async () => {
  await using y = await connect({ ...options, threads: 2, graceMs: 50 });
  const refs = Array.from({ length: 500 }, (_, n) => y.run(hard.trapAt, n, 300, "spin"));
  await y.wait(refs, { timeoutMs: 500 });
  y.cancel(refs[300]!);
  assert.deepEqual(await failed(refs), [300]);
  await assert.rejects(refs[300]!, codeOf("CANCELLED"));
});

test("a function that sends messages of its own harms nobody", async () => {
  await using y = await connect(options);
  for (const isolation of ["thread", "process"] as const)
    assert.equal(await y.with({ isolation }).run(hard.posts), 1);
});

test("a ref of another job is an argument like others; only that job cancels its task", async () => {
  await using y = await connect(options);
  await using other = await connect(options);
  for (let n = 0; n < 3; n++) await other.run(tasks.add, n, n);
  assert.equal(await y.run(tasks.add, other.run(tasks.spin, 50), 1), 51);
  await assert.rejects(y.run(tasks.add, other.run(tasks.throws, "there"), 1), /there/);
  const [here, there] = [y.run(tasks.spin, 50), other.run(tasks.spin, 50)];
  assert.throws(() => y.cancel(there), codeOf("USAGE", /of another job/));
  assert.deepEqual(await Promise.all([here, there]), [50, 50]);
});

test("options that are new while the scheduler tells an end are those of the task", async () => {
  await using y = await connect({ ...options, graceMs: 20 });
  const late = y.run(tasks.spin, 10).then(() => y.with({ timeoutMs: 300 }).run(tasks.spin, 60_000));
  await assert.rejects(late, codeOf("TIMEOUT"));
});

test("a failure of what 100,000 tasks wait for is told in a moment", { timeout: 20_000 }, async () => {
  await using y = await connect(options);
  const first = y.run(tasks.throws, "first");
  const refs = Array.from({ length: 100_000 }, () => y.run(tasks.add, first, 1));
  assert.equal((await failed(refs)).length, 100_000);
});

test("items of a function that is no generator are refused, not lost", { timeout: 20_000 }, async () => {
  await using y = await connect(options);
  for (const items of [3, 1000]) {
    await assert.rejects(y.run(hard.givesItems, items) as Promise<unknown>, codeOf("FUNCTION", /givesItems/));
  }
  const map = y.map(tasks.count as unknown as (to: number) => number, [100]);
  await assert.rejects(map.next(), codeOf("USAGE", /is a generator, and map/));
  assert.throws(() => y.with({ key: "a" }).run(tasks.count, 1), codeOf("USAGE", /key/));
});

test("what is no ref and no function is refused, with what it is", async () => {
  await using y = await connect(options);
  const promise = Promise.resolve(1) as never;
  assert.throws(() => y.cancel(promise), codeOf("USAGE", /an object was given where a ref belongs/));
  assert.throws(() => y.get([undefined as never]), codeOf("USAGE", /undefined/));
  assert.throws(() => y.run(undefined as never), codeOf("USAGE", /undefined was given where a function/));
  assert.throws(() => y.map(tasks.spin, 5 as never), codeOf("USAGE", /number/));
});

test("wait refuses what can never be, and takes any time for an answer", async () => {
  await using y = await connect(options);
  const ref = y.run(tasks.spin, 50);
  await assert.rejects(y.wait([ref], { count: Number.NaN }), codeOf("USAGE", /count/));
  assert.deepEqual(await y.wait([ref], { timeoutMs: Number.POSITIVE_INFINITY, count: 9 }), {
    done: [ref],
    pending: [],
  });
});

for (const bad of [
  { threads: 0 },
  { threads: 1.5 },
  { graceMs: Number.POSITIVE_INFINITY },
  { threadMemoryBytes: 0 },
  { valuesBytesMax: Number.NaN },
  { resources: { gpus: -1 } },
  { thread: 2 },
]) {
  test(`connect refuses ${Object.keys(bad)[0]}: ${Object.values(bad)[0]}`, async () => {
    await assert.rejects(connect(bad), codeOf("USAGE", new RegExp(Object.keys(bad)[0]!)));
  });
}
