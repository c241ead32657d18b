import assert from "node:assert/strict";
import { test } from "node:test";
import { type QueueDepth, queueDepth } from "./queue-depth.ts";

const SHORT_MS = 0.001;

function afterShortCalls(): QueueDepth {
  const depth = queueDepth();
  for (let call = 0; call < 1000; call++) depth.ended(SHORT_MS);
  return depth;
}

test("slots hold many short calls, and a call that had to wait for a core changes nothing", () => {
  const depth = afterShortCalls();
  assert.equal(depth.depth, 256);
  for (let call = 0; call < 1000; call++) {
    depth.ended(call % 100 === 0 ? 40 : SHORT_MS);
    assert.equal(depth.depth, 256);
  }
});

test("where calls have become long, slots soon hold one at a time", () => {
  const depth = afterShortCalls();
  for (let call = 0; call < 100; call++) depth.ended(100);
  assert.equal(depth.depth, 1);
});

test("the first call is taken at its word", () => {
  const depth = queueDepth();
  depth.ended(100);
  assert.equal(depth.depth, 1);
  assert.equal(depth.changed(), false);
});
