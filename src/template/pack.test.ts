import assert from "node:assert/strict";
import { test } from "node:test";
import { type PackingOptions, packer } from "./pack.ts";

const packed = (options: PackingOptions, values: readonly string[]): string[] => {
  const pack = packer(options);
  const tasks = [...values.flatMap((value) => pack.push([value])), ...pack.end()];
  return tasks.map((task) => `${task.seq}:${task.rows.flat().join(",")}`);
};

test("one row a task, unless asked otherwise", () => {
  assert.deepEqual(packed({}, ["a", "b"]), ["1:a", "2:b"]);
});

test("-n, -N and -L count rows; the last task may be short", () => {
  assert.deepEqual(packed({ maxArgs: 2 }, ["a", "b", "c"]), ["1:a,b", "2:c"]);
  assert.deepEqual(packed({ maxReplaceArgs: 2 }, ["a", "b"]), ["1:a,b"]);
  assert.deepEqual(packed({ maxLines: 9 }, ["a", "b"]), ["1:a,b"]);
});

test("-n0 reads one row and inserts nothing", () => {
  assert.deepEqual(packed({ maxArgs: 0 }, ["a", "b"]), ["1:", "2:"]);
});
