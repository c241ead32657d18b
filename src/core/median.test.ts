import assert from "node:assert/strict";
import { test } from "node:test";
import { addRuntime, createMedian, medianMs } from "./median.ts";

test("there is no median before the first runtime", () => {
  assert.equal(medianMs(createMedian()), undefined);
});

test("it is the median of what came so far, at most 1 % too long", () => {
  const median = createMedian();
  const seen: number[] = [];
  let seed = 7;
  for (let i = 0; i < 3000; i++) {
    seed = (seed * 48271) % 2147483647;
    const runtimeMs = i % 500 === 0 ? 1e15 : (seed % 100_000) / ((i % 9) + 1);
    addRuntime(median, runtimeMs);
    seen.push(runtimeMs);
    if (i % 100 !== 0 || i === 0) continue;
    const exact = [...seen].sort((a, b) => a - b)[(seen.length - 1) >> 1]!;
    const told = medianMs(median)!;
    assert.ok(told >= exact && told <= Math.max(1, exact) * 1.01 + 1e-6, `${told} for ${exact} after ${i}`);
  }
});

test("runtimes below a millisecond count as one; nonsense does no harm", () => {
  const median = createMedian();
  for (const runtimeMs of [0, -3, Number.NaN]) addRuntime(median, runtimeMs);
  assert.equal(medianMs(median), 1);
});
