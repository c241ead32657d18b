import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { popHeap, pushHeap } from "./heap.ts";

test("what goes in comes out in order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (values) => {
      const heap: number[] = [];
      for (const value of values) pushHeap(heap, value);
      const out = values.map(() => popHeap(heap));
      assert.deepEqual(
        out,
        [...values].sort((a, b) => a - b),
      );
      assert.equal(popHeap(heap), undefined);
    }),
  );
});
