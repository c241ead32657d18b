import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { popBy, popHeap, pushBy, pushHeap } from "./heap.ts";

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

test("things come out by their number, each of them once, whatever comes in between", () => {
  const keyOf = ({ key }: { key: number }): number => key;
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 9 }))), (moves) => {
      const heap: { key: number; id: number }[] = [];
      const inside = new Map<number, number>();
      for (const [id, key] of moves.entries()) {
        if (key !== null) {
          pushBy(heap, { key, id }, keyOf);
          inside.set(id, key);
          continue;
        }
        const least = popBy(heap, keyOf);
        assert.equal(least?.key, inside.size === 0 ? undefined : Math.min(...inside.values()));
        if (least !== undefined) assert.ok(inside.delete(least.id));
      }
      assert.equal(heap.length, inside.size);
    }),
  );
});
