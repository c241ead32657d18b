import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "./connect.ts";
import { add } from "./testing/tasks.ts";

/** How many items had been taken at each read of a result. */
async function takenAtReads(window: number, items: number): Promise<number[]> {
  await using y = await connect({ threads: 2, journal: false, progress: false });
  let taken = 0;
  function* source(): Generator<number> {
    while (taken < items) yield taken++;
  }
  const found: number[] = [];
  let read = 0;
  for await (const result of y.map(add, source(), { window, args: [0] })) {
    assert.equal(result, read++);
    found.push(taken);
  }
  assert.equal(read, items);
  return found;
}

test("of a large window half is taken at a time, so that messages to threads are few", async () => {
  const taken = await takenAtReads(1000, 3000);
  assert.deepEqual([...new Set(taken)], [1000, 1500, 2000, 2500, 3000]);
  assert.ok(taken.every((count, read) => count - read <= 1000));
});

test("a small window stays full, so that every slot has its task", async () => {
  const taken = await takenAtReads(8, 40);
  assert.deepEqual(
    taken.slice(1, 20),
    Array.from({ length: 19 }, (_, read) => read + 9),
  );
});
