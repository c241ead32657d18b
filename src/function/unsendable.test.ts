import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { Socket } from "node:net";
import { test } from "node:test";
import { serialize } from "node:v8";
import { MessageChannel } from "node:worker_threads";
import fc from "fast-check";
import { actor, task } from "./mark.ts";
import { unsendablePath } from "./unsendable.ts";

/** As in the sentence of an error. Each value is tried: it must indeed be one that cannot be sent. */
function said(value: unknown): string {
  assert.throws(() => structuredClone(value), String(value));
  const found = unsendablePath(value);
  return found ? `${found.path} is ${found.what}` : "nothing";
}

test("the path of the first part that cannot be sent is an expression", () => {
  assert.equal(said([{ options: { onDone() {} } }]), "args[0].options.onDone is a function");
  assert.equal(said([1, [2, { "a b": Symbol("s") }]]), 'args[1][1]["a b"] is a symbol, Symbol(s)');
  assert.equal(said([{ 0: () => 1, after: () => 2 }]), 'args[0]["0"] is a function');
  assert.equal(
    said(() => 1),
    "args is a function",
  );
  assert.equal(unsendablePath({ f() {} }, "result")?.path, "result.f");
});

test("maps and sets are looked through, keys too", () => {
  assert.equal(said([new Map([["k", [() => 1]]])]), 'args[0].get("k")[0] is a function');
  assert.equal(said([new Map([[1, 2], [{}, () => 1] as never])]), "[...args[0].values()][1] is a function");
  assert.equal(said([new Map([[() => 1, 1]])]), "[...args[0].keys()][0] is a function");
  assert.equal(said([new Set([1, { f() {} }])]), "[...args[0]][1].f is a function");
});

test("what is at fault itself is called by its name", async () => {
  const { port1, port2 } = new MessageChannel();
  const buffer = new ArrayBuffer(8);
  const view = new Uint8Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  const things: [thing: unknown, what: string][] = [
    [new WeakMap(), "a WeakMap"],
    [new WeakSet(), "a WeakSet"],
    [new WeakRef({}), "a WeakRef"],
    [Promise.resolve(1), "a Promise: await it first"],
    [new Proxy({}, {}), "a Proxy"],
    [new Proxy([], {}), "a Proxy"],
    [(function* () {})(), "a generator"],
    [new Socket(), "a Socket"],
    [new EventEmitter().on("x", () => {}), "an EventEmitter"],
    [new URL("http://localhost"), "a URL"],
    [new Response("x"), "a Response"],
    [port1, "a MessagePort"],
    [new (class Buttons {})().constructor, "a class, Buttons"],
    [buffer, "an ArrayBuffer, transferred away"],
    [view, "a Uint8Array, transferred away"],
    [Object(Symbol("s")), "a Symbol"],
    [[1].values(), "an Iterator"],
  ];
  for (const [thing, what] of things) assert.equal(said([{ thing }]), `args[0].thing is ${what}`);
  port2.close();
});

test("marked functions and classes are called what they are", () => {
  const thumbnail = task(async function thumbnail() {});
  const Counter = actor(class Counter {});
  assert.match(said([thumbnail]), /^args\[0\] is the task thumbnail: functions stay where they are/);
  assert.match(said([Counter]), /^args\[0\] is the actor class Counter: classes stay/);
});

test("the caller's own kinds may be described", () => {
  class Stub {
    call = () => 1;
  }
  const describe = (value: object) => (value instanceof Stub ? "an actor" : undefined);
  assert.deepEqual(unsendablePath([new Stub()], "args", { describe }), { path: "args[0]", what: "an actor" });
});

test("a class's instance is looked into: without a function in it it can be sent", () => {
  class Size {
    width = 1;
    #height = 2;
    area() {
      return this.width * this.#height;
    }
  }
  class Named {
    size = new Size();
    onDone = () => {};
  }
  assert.equal(unsendablePath([new Size()]), undefined);
  assert.equal(said([new Named()]), "args[0].onDone is a function");
});

test("only what sending looks at counts", () => {
  const hidden = Object.defineProperty({ [Symbol("s")]: () => 1 }, "f", { value: () => 1 });
  assert.deepEqual(structuredClone(hidden), {});
  assert.equal(unsendablePath([hidden, () => 1])?.path, "args[1]");
});

test("circles and shared parts are visited once", () => {
  const node: Record<string, unknown> = { name: "a" };
  node["self"] = node;
  node["list"] = [node, node];
  assert.equal(unsendablePath([node]), undefined);
  node["z"] = () => 1;
  assert.equal(said([node]), "args[0].z is a function");
});

test("a getter that throws is named, one that gives a function too", () => {
  const throwing = {
    get bad() {
      throw new Error("no");
    },
  };
  assert.equal(said([throwing]), "args[0].bad is a getter that throws no");
  assert.equal(
    said([
      {
        get made() {
          return () => 1;
        },
      },
    ]),
    "args[0].made is a function",
  );
});

test("errors: what is kept of them counts", () => {
  const error = new Error("x", { cause: { f() {} } });
  assert.equal(said([error]), "args[0].cause.f is a function");
});

test("a sparse and a long array, and one with names", () => {
  const long = new Array(100_000).fill(0).map((i) => ({ i }));
  Object.assign(long[99_999]!, { f() {} });
  assert.equal(said([long]), "args[0][99999].f is a function");
  const sparse: unknown[] = [];
  sparse[1e6] = () => 1;
  assert.equal(said([sparse]), "args[0][1000000] is a function");
  assert.equal(said([Object.assign([1], { f() {} })]), "args[0].f is a function");
});

test("a value without end is too deep, not a crash", () => {
  let deep: object = { f() {} };
  for (let i = 0; i < 1e5; i++) deep = { deep };
  assert.deepEqual(unsendablePath(deep), { path: "args", what: "nested too deeply" });
});

test("another way of sending may take less", () => {
  const shared = new SharedArrayBuffer(8);
  assert.equal(unsendablePath([shared]), undefined);
  assert.equal(unsendablePath([shared], "args", { send: serialize })?.path, "args[0]");
});

test("nothing is said about what can be sent, and something about all else", () => {
  const leaf = fc.oneof(
    fc.anything({ withMap: true, withSet: true, withDate: true, withBigInt: true, withTypedArray: true }),
  );
  const poison = fc.constantFrom(() => 1, Symbol("p"), Promise.resolve(), new WeakMap(), new Proxy({}, {}));
  fc.assert(
    fc.property(leaf, fc.option(poison), fc.array(fc.string(), { maxLength: 3 }), (value, bad, keys) => {
      const whole = [value, keys.reduce<unknown>((inner, key) => ({ ["x" + key]: inner }), bad)];
      let fails = false;
      try {
        structuredClone(whole);
      } catch {
        fails = true;
      }
      assert.equal(unsendablePath(whole) !== undefined, fails);
    }),
  );
});
