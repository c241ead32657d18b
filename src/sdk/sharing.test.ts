import assert from "node:assert/strict";
import { test } from "node:test";
import { shared } from "../kinds/function/arguments.ts";
import { connect } from "./connect.ts";
import * as tasks from "./testing/tasks.ts";

const options = { threads: 2, journal: false } as const;
const SIZE = 8 * 2 ** 20;

test("a large result is kept once in shared memory, however many tasks read it", async () => {
  await using y = await connect(options);
  const made = y.run(tasks.bytes, SIZE, 3);
  const before = process.memoryUsage().arrayBuffers;
  const sums = await y.get(Array.from({ length: 10 }, () => y.run(tasks.total, made)));
  assert.deepEqual(sums, Array(10).fill(3 * SIZE));
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown < 3 * SIZE, `${grown / SIZE} times its size`);
});

test("put copies a large array once, at once: later changes are not seen", async () => {
  await using y = await connect(options);
  const array = new Uint8Array(SIZE).fill(1);
  const ref = y.put({ name: "ones", parts: [array] });
  array.fill(9);
  assert.equal((await ref).parts[0]![0], 1);
  assert.equal(await y.run((value: { parts: Uint8Array[] }) => value.parts[0]!.at(-1), ref), 1);
});

test("a task may keep the array that it returns", async () => {
  await using y = await connect({ ...options, threads: 1 });
  const [one, two] = [await y.run(tasks.keptBytes, SIZE), await y.run(tasks.keptBytes, SIZE)];
  assert.deepEqual([one.byteLength, two.byteLength], [SIZE, SIZE]);
});

test("typed arrays stay what they are", async () => {
  const floats = Float64Array.from({ length: 20_000 }, (_, n) => n / 3);
  const copy = shared({ floats, small: new Int8Array(3) }) as { floats: Float64Array; small: Int8Array };
  assert.ok(copy.floats.buffer instanceof SharedArrayBuffer);
  assert.deepEqual([...copy.floats], [...floats]);
  assert.ok(copy.small.buffer instanceof ArrayBuffer);
});

test("circles and repeats in arguments stay so", async () => {
  const inner = { bytes: new Uint8Array(100_000) };
  const value: Record<string, unknown> = { one: inner, two: inner };
  value["self"] = value;
  const copy = shared(value) as typeof value;
  assert.equal(copy["one"], copy["two"]);
  assert.equal(copy["self"], copy);
});
