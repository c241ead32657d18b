import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "./connect.ts";
import { add } from "./testing/tasks.ts";
import * as tasks from "./testing/value-tasks.ts";

const options = { threads: 1, journal: false } as const;

const poisoned = (): { isAdmin?: boolean } =>
  JSON.parse('{"__proto__":{"isAdmin":true},"a":[{"__proto__":1}]}') as object;

test("a compiled module goes to threads and back, and is refused by its name to and from a process", async () => {
  await using y = await connect(options);
  const module = await y.run(tasks.compiled);
  assert.ok(Array.isArray(await y.run(tasks.same, [module])));
  const alone = y.with({ isolation: "process" });
  await assert.rejects(async () => alone.run(tasks.same, [module]), {
    code: "ARGUMENT",
    message: /args\[0\]\[0\] is a Module/,
  });
  await assert.rejects(async () => alone.run(tasks.compiled), {
    code: "ARGUMENT",
    message: /result is a Module/,
  });
  assert.equal(await alone.run(add, 1, 1), 2);
});

test("arguments that are too deep, or cannot be read, are refused by name", async () => {
  await using y = await connect(options);
  const broken = {
    get x(): never {
      throw new Error("broken");
    },
  };
  let deep: unknown[] = [];
  for (let n = 0; n < 20_000; n++) deep = [deep];
  for (const [value, message] of [
    [deep, /args(\[0\])? is nested too deeply/],
    [broken, /args\[0\]\.x is a getter that throws broken/],
  ] as const) {
    await assert.rejects(async () => y.run(tasks.same, value), { code: "ARGUMENT", message });
  }
});

for (const isolation of ["thread", "process"] as const) {
  test(`a property named __proto__ stays one: in arguments, put values, results and beside refs (${isolation})`, async () => {
    await using y = await connect(options);
    const caller = y.with({ isolation });
    const beside = y.run(add, 1, 1);
    const refs = [
      caller.run(tasks.same, poisoned()),
      caller.run(tasks.same, y.put(poisoned())),
      caller.run(tasks.same, { ...poisoned(), beside }),
    ];
    for (const ref of refs) {
      const value = (await ref) as { isAdmin?: boolean; beside?: number };
      assert.equal(value.isAdmin, undefined);
      const { beside, ...rest } = value;
      assert.ok(beside === undefined || beside === 2);
      assert.equal(JSON.stringify(rest), JSON.stringify(poisoned()));
    }
    for (const given of [poisoned(), y.put(poisoned())]) {
      assert.equal((await caller.run(tasks.seen, given))[0], undefined);
    }
  });

  test(`a view brings its own bytes, and a Buffer is one (${isolation})`, async () => {
    await using y = await connect(options);
    const caller = y.with({ isolation });
    const large = new Uint8Array(20_000_000);
    const small = large.subarray(3, 13).fill(1);
    const expected = [undefined, 10, false, "1,1,1,1,1,1,1,1,1,1"];
    assert.deepEqual(await caller.run(tasks.seen, { bytes: small }), expected);
    assert.deepEqual(await caller.run(tasks.seen, y.put({ bytes: small })), expected);
    const back = (await caller.run(tasks.same, { deep: [small] })) as { deep: Uint8Array[] };
    assert.equal(back.deep[0]!.buffer.byteLength, 10);

    assert.equal(await caller.run(tasks.hex, Buffer.from("abc")), "616263");
    const text = await caller.run(tasks.pooled, "secret");
    assert.ok(Buffer.isBuffer(text));
    assert.deepEqual([text.toString(), text.buffer.byteLength], ["secret", 6]);
    assert.deepEqual(await caller.run(tasks.seen, { bytes: Buffer.from("ab") }), [
      undefined,
      2,
      true,
      "97,98",
    ]);
    const shared = y.put(Buffer.alloc(100_000, 7));
    assert.ok(Buffer.isBuffer(await shared));
    assert.equal((await caller.run(tasks.hex, shared)).slice(0, 6), "070707");
    assert.ok(Buffer.isBuffer(await caller.run(tasks.same, shared)));
  });

  test(`64 views of one large memory travel as what they are (${isolation})`, async () => {
    await using y = await connect(options);
    const memory = new Uint8Array(64 * 2 ** 20);
    const views = Array.from({ length: 64 }, (_, n) => memory.subarray(n << 20, (n + 1) << 20).fill(n));
    const back = (await y.with({ isolation }).run(tasks.same, views)) as Uint8Array[];
    for (const [n, view] of back.entries()) {
      assert.equal(view.buffer.byteLength, 2 ** 20);
      assert.deepEqual([view[0], view[2 ** 20 - 1]], [n, n]);
    }
  });

  test(`errors in values are whole, and go on to the next task as such (${isolation})`, async () => {
    await using y = await connect(options);
    const caller = y.with({ isolation });
    const error = Object.assign(new TypeError("no", { cause: { status: 404 } }), { errors: ["a", "b"] });
    const settled = await Promise.allSettled([Promise.reject(error)]);
    const first = caller.run(tasks.same, { settled, map: new Map([[1, error]]) });
    const back = (await caller.run(tasks.same, first)) as {
      settled: { reason: typeof error }[];
      map: Map<number, Error>;
    };
    const { reason } = back.settled[0]!;
    assert.ok(reason instanceof TypeError);
    assert.deepEqual([reason.cause, reason.errors, reason.stack], [{ status: 404 }, ["a", "b"], error.stack]);
    assert.equal(back.map.get(1), reason);
  });

  test(`calls that are sent together share no argument, and results are as they were returned (${isolation})`, async () => {
    await using y = await connect(options);
    const caller = y.with({ isolation });
    const counter = { n: 0 };
    const put = y.put({ n: 0 });
    const refs = [counter, counter, put, put].map((one) => caller.run(tasks.bump, one));
    assert.deepEqual(await y.get(refs), [1, 1, 1, 1]);
    assert.equal(counter.n, 0);
    const grown = await y.get([1, 2, 3].map(() => caller.run(tasks.grows)));
    assert.deepEqual(
      grown.map(({ n, list }) => [n, list.length]),
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    );
    const items: number[] = [];
    for await (const { n } of caller.run(tasks.reuses, 5)) items.push(n);
    assert.deepEqual(items, [1, 2, 3, 4, 5]);
  });
}

test("the state of an actor that outlives it has its errors, Buffers and views as they were", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "yonder-sent-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const state = { name: "list", durable: { directory, every: 2 } };
  {
    await using y = await connect(options);
    const list = await y.actor(tasks.List, state);
    await list.add(Object.assign(new RangeError("far", { cause: "distance" }), { code: "E_FAR" }));
    await list.add(Buffer.from("abc"));
    await list.add(new Uint8Array(1000).subarray(1, 3));
  }
  await using y = await connect(options);
  const list = await y.actor(tasks.List, state);
  const all = await list.add(poisoned());
  const [first, second, third, fourth] = all as [Error & { code?: string }, Buffer, Uint8Array, object];
  assert.ok(first instanceof RangeError);
  assert.deepEqual([first.cause, first.code], ["distance", "E_FAR"]);
  assert.ok(Buffer.isBuffer(second));
  assert.equal(third.buffer.byteLength, 2);
  assert.equal(JSON.stringify(fourth), JSON.stringify(poisoned()));
});
