import assert from "node:assert/strict";
import { test } from "node:test";
import { YonderError } from "../interface/errors.ts";
import { connect } from "./connect.ts";
import * as hard from "./testing/hard-tasks.ts";
import * as tasks from "./testing/tasks.ts";

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
