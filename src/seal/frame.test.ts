import assert from "node:assert/strict";
import { test } from "node:test";
import { frame, framesIn } from "./frame.ts";
import { cutsOf, flipsOf, tailsOf } from "./testing.ts";

const BODIES = ["one", "", "three three"];
const FRAMES = BODIES.map((body) => frame(Buffer.from(body)));
const bytes = Buffer.concat(FRAMES);
/** Where each ends. */
const ENDS = FRAMES.map((_, index) =>
  FRAMES.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0),
);
const texts = (bodies: readonly Uint8Array[]): string[] => bodies.map((body) => Buffer.from(body).toString());

test("what was written is read again", () => {
  const { bodies, ...rest } = framesIn(bytes);
  assert.deepEqual(texts(bodies), BODIES);
  assert.deepEqual(rest, { wholeBytes: bytes.length, damagedAt: undefined });
});

test("every flip is damage, in the frame in which it is: never the end of the file", () => {
  for (const { what, bytes: damaged } of flipsOf(bytes)) {
    const { bodies, damagedAt } = framesIn(damaged);
    const at = Number(/\d+/.exec(what)![0]);
    const index = ENDS.findIndex((end) => at < end);
    assert.deepEqual(texts(bodies), BODIES.slice(0, index), what);
    assert.equal(damagedAt, ENDS[index - 1] ?? 0, what);
  }
});

test("what is cut off was never there", () => {
  for (const { what, bytes: cut } of cutsOf(bytes)) {
    const count = ENDS.filter((end) => end <= cut.length).length;
    const found = framesIn(cut);
    assert.deepEqual(texts(found.bodies), BODIES.slice(0, count), what);
    assert.equal(found.wholeBytes, ENDS[count - 1] ?? 0, what);
    assert.equal(found.damagedAt, undefined, what);
  }
});

test("zeros behind the last are what a power failure leaves; nothing else there counts either", () => {
  for (const { what, bytes: more } of tailsOf(bytes))
    assert.deepEqual(texts(framesIn(more).bodies), BODIES, what);
  const zeros = framesIn(Buffer.concat([bytes, Buffer.alloc(100)]));
  assert.deepEqual([zeros.wholeBytes, zeros.damagedAt], [bytes.length, undefined]);
});
