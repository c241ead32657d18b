import assert from "node:assert/strict";
import { test } from "node:test";
import { createCall } from "../../kinds/function/call.ts";
import { Ref } from "../../kinds/function/ref.ts";
import { valueHash } from "./value-hash.ts";

const hash = (value: unknown): string => valueHash(value, ({ task }) => `task ${task}`);

const circle: Record<string, unknown> = { name: "circle" };
circle["self"] = circle;

/** No two of these are the same to a function that gets them. */
const DIFFERENT: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -0,
  1,
  "1",
  1n,
  Number.NaN,
  Infinity,
  "",
  "a",
  "\ud800",
  "\udc00",
  "�",
  [],
  [undefined],
  new Array(1),
  [1],
  ["1"],
  [[1]],
  [1, 2],
  [2, 1],
  ["a,b"],
  ["a", "b"],
  {},
  { a: 1 },
  { a: "1" },
  { b: 1 },
  { a: undefined },
  { a: { b: 1 } },
  { a: 1, b: { c: 2 } },
  { a: 1, b: 1, c: 2 },
  new Map(),
  new Map([["a", 1]]),
  new Map([
    ["a", 1],
    ["b", 2],
  ]),
  new Map([
    ["b", 2],
    ["a", 1],
  ]),
  new Set(),
  new Set(["a", 1]),
  new Set([1, "a"]),
  new Date(0),
  new Date(1),
  new Date(Number.NaN),
  /a/,
  /a/g,
  /b/,
  new Error("a"),
  new TypeError("a"),
  new Error("b"),
  new Error("a", { cause: 1 }),
  Object(1),
  Object("1"),
  Uint8Array.of(1, 2),
  Int8Array.of(1, 2),
  Uint16Array.of(513),
  Uint8Array.of(1),
  new Uint8Array(0),
  new DataView(Uint8Array.of(1, 2).buffer),
  Uint8Array.of(1, 2).buffer,
  Float64Array.of(1),
  new Uint8Array(100_000),
  circle,
  { name: "circle", self: { name: "circle" } },
];

test("values that differ have hashes that differ", () => {
  const seen = new Map<string, unknown>();
  for (const value of DIFFERENT) {
    const key = hash(value);
    assert.ok(!seen.has(key), `${String(value)} is taken for ${String(seen.get(key))}`);
    seen.set(key, value);
  }
  assert.equal(seen.size, DIFFERENT.length);
});

test("a copy, as a worker gets it, has the same hash; so it has within other values", () => {
  for (const value of DIFFERENT) {
    assert.equal(hash(structuredClone(value)), hash(value), String(value));
    assert.equal(hash(structuredClone([{ value }, value])), hash([{ value }, value]));
  }
});

test("the order of keys does not count, at any depth", () => {
  assert.equal(hash([{ a: 1, b: { c: 2, d: 3 } }]), hash([{ b: { d: 3, c: 2 }, a: 1 }]));
  assert.equal(hash({ 1: "x", a: 2 }), hash({ a: 2, 1: "x" }));
});

test("a Buffer is one, as it is to a worker; a part of an array is only that part", () => {
  assert.notEqual(hash(Buffer.from("ab")), hash(Uint8Array.of(97, 98)));
  assert.equal(hash(Buffer.from("ab")), hash(Buffer.from("xaby").subarray(1, 3)));
  assert.equal(hash(Uint8Array.of(1, 2, 3, 4).subarray(1, 3)), hash(Uint8Array.of(2, 3)));
});

test("an error is all that a worker gets of it, but for its stack", () => {
  const make = (code: string): Error =>
    Object.assign(new Error("no", { cause: { code } }), { errors: [code] });
  assert.equal(hash(make("a")), hash(make("a")));
  assert.notEqual(hash(make("a")), hash(make("b")));
  assert.notEqual(hash(Object.assign(new Error("no"), { code: 1 })), hash(new Error("no")));
});

test("an instance of a class is the plain object that a worker gets", () => {
  class Point {
    readonly x = 1;
  }
  assert.equal(hash(new Point()), hash({ x: 1 }));
});

test("a ref is what is said of it", () => {
  const ref = new Ref(createCall({ args: [] }, 7));
  assert.equal(hash([ref]), hash([new Ref(createCall({ args: [] }, 7))]));
  assert.notEqual(hash([ref]), hash([new Ref(createCall({ args: [] }, 8))]));
  assert.notEqual(hash(["task 7"]), hash([ref]));
});

test("what has no content is refused, not taken for an empty object", () => {
  for (const value of [
    () => 1,
    Symbol("a"),
    new Blob(["a"]),
    new MessageChannel().port1,
    Promise.resolve(1),
    new WeakMap(),
  ]) {
    assert.throws(() => hash([value]), TypeError);
  }
});
