import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nthByte } from "./nth-byte.ts";

test("agrees with looking at each byte, for any bytes and any alignment", () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).chain((noise) =>
    // Neighbours of the byte in value are where a test of whole words would go wrong.
    fc
      .array(fc.constantFrom(9, 10, 10, 11, 138, 0, 255), { maxLength: 60 })
      .map((near) => [...noise, ...near]),
  );
  const property = fc.property(
    bytes,
    fc.nat(5),
    fc.nat(10),
    fc.integer({ min: 1, max: 20 }),
    (data, skip, from, n) => {
      const buffer = Buffer.from([...Array(skip).fill(10), ...data]).subarray(skip);
      const start = Math.min(from, buffer.length);
      const indexes = [...buffer.keys()].filter((i) => i >= start && buffer[i] === 10);
      const expected = { at: indexes[n - 1] ?? -1, seen: Math.min(n, indexes.length) };
      assert.deepEqual(nthByte(buffer, 10, n, start), expected);
    },
  );
  fc.assert(property, { numRuns: 2000 });
});
