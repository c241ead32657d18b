import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "./codec.ts";

test("values come back as structured clone would give them", () => {
  const shared = { twice: 1 };
  const value = {
    text: "é\u{1F600}\ud800",
    numbers: [-0, Number.NaN, 2n ** 70n, 1e300],
    dates: new Date(5),
    map: new Map<unknown, unknown>([[{ a: 1 }, new Set([undefined, null])]]),
    pattern: /x+/giu,
    error: new RangeError("no", { cause: new TypeError("why") }),
    holes: Object.assign(new Array<number>(2), { 1: 1 }),
    buffer: new Uint8Array([1, 2, 3]).buffer,
    shared: [shared, shared],
  };
  const back = decode(encode(value)) as typeof value;
  assert.deepEqual(back, structuredClone(value));
  assert.equal(back.shared[0], back.shared[1]);
});

test("every kind of array, with memory of its own, at any offset", () => {
  const memory = new ArrayBuffer(64);
  new Uint8Array(memory).set(Array.from({ length: 64 }, (_, index) => index));
  const views = [
    new Int8Array(memory, 3, 5),
    new Uint8ClampedArray(memory, 1),
    new Int16Array(memory, 2, 3),
    new Uint32Array(memory, 8, 2),
    new Float32Array(memory, 4, 1),
    new Float64Array(memory, 8, 3),
    new BigInt64Array(memory, 16, 2),
    new DataView(memory, 5, 6),
    Buffer.from(memory, 7, 9),
    new Uint8Array(0),
  ];
  const back = decode(encode(["odd", ...views])) as typeof views;
  assert.deepEqual(back.slice(1), views);
  for (const view of back.slice(1)) assert.equal(view.buffer.byteLength, view.byteLength);
});

test("memory that the other side has is named, and all else is sent", () => {
  const known = new SharedArrayBuffer(1_000_000);
  const other = new SharedArrayBuffer(16);
  new Float64Array(known).fill(1.5);
  new Uint8Array(other).fill(9);
  const value = { view: new Float64Array(known, 8, 100), own: new Uint8Array(other, 4, 4) };
  const bytes = encode(value, { constant: (buffer) => (buffer === known ? 7 : undefined) });
  assert.ok(bytes.length < 200, `${bytes.length}`);
  const back = decode(bytes, (number) => {
    assert.equal(number, 7);
    return known;
  }) as typeof value;
  assert.equal(back.view.buffer, known);
  assert.deepEqual([back.view.byteOffset, back.view.length], [8, 100]);
  assert.deepEqual(back.own, new Uint8Array([9, 9, 9, 9]));
});

test("what cannot leave a thread is refused", () => {
  for (const value of [() => 1, Symbol("x"), new SharedArrayBuffer(8), Promise.resolve(), new WeakMap()]) {
    assert.throws(() => encode({ value }), /could not be cloned/);
  }
});
