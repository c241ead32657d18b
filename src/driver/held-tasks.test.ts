import assert from "node:assert/strict";
import { test } from "node:test";
import { heldTasks } from "./held-tasks.ts";

test("the bytes are those of the tasks that are held", () => {
  const held = heldTasks();
  held.add({ seq: 1, rows: [["ab", "c"]] });
  held.add({ seq: 2, rows: [["d"], ["ef"]] });
  held.add({ seq: 3, rows: [] });
  assert.deepEqual([held.size, held.bytes], [3, 6]);
  held.delete(1);
  held.delete(1);
  assert.deepEqual([held.size, held.bytes, held.get(1)], [2, 3, undefined]);
  held.delete(2);
  held.delete(3);
  assert.deepEqual([held.size, held.bytes], [0, 0]);
});
