import assert from "node:assert/strict";
import { test } from "node:test";
import { YonderError } from "../../interface/errors.ts";
import { compiledModule } from "../../sdk/testing/value-tasks.ts";
import { decode, encode } from "../codec.ts";
import { bytesOfValue, valueOfBytes } from "./bytes.ts";
import { classesOf } from "./error-parts.ts";
import { createPacking, type Packed, pack, unpack } from "./pack.ts";

const ways: Record<string, <T>(value: T) => T> = {
  "structured clone": <T>(value: T) => unpack(structuredClone(pack(value))) as T,
  bytes: <T>(value: T) => unpack(decode(encode(pack(value))) as Packed) as T,
  "bytes that are kept": <T>(value: T) => valueOfBytes(bytesOfValue(value)) as T,
  "a snapshot": <T>(value: T) => {
    const packing = createPacking();
    const { value: packed } = packing.snapshot(value);
    return unpack(structuredClone({ value: packed, parts: packing.parts })) as T;
  },
};

const fromJson = (text: string): object => JSON.parse(text) as object;

class Invalid extends RangeError {
  override name = "Invalid";
  readonly path: string;
  readonly #secret = 7;
  constructor(path: string, options?: ErrorOptions) {
    super(`${path} is invalid`, options);
    this.path = path;
  }
  get seven(): number {
    return this.#secret;
  }
  get broken(): never {
    throw new Error("do not look");
  }
}

for (const [way, send] of Object.entries(ways)) {
  test(`a property named __proto__ is one, at any depth (${way})`, () => {
    const text = '{"__proto__":{"isAdmin":true},"list":[{"__proto__":1}]}';
    for (const beside of [undefined, new Error("no"), Buffer.from("x")]) {
      const { value } = send({ value: fromJson(text), beside });
      assert.equal((value as { isAdmin?: boolean }).isAdmin, undefined);
      assert.equal(Object.getPrototypeOf(value), Object.prototype);
      assert.equal(JSON.stringify(value), text);
    }
  });

  test(`an error keeps all of its parts, wherever it stands (${way})`, () => {
    const error = Object.assign(new Invalid("a.b", { cause: { status: 404, tries: [1, 2] } }), {
      code: "E_INVALID",
      errors: { "a.b": new TypeError("no text"), "a.c": "missing" },
      [Symbol.for("library.kind")]: "schema",
      validator: () => true,
      properties: { validator: () => true, path: "a.b" },
      bytes: Buffer.from("abc"),
    });
    const places = {
      property: error,
      list: [error],
      map: new Map([["key", error]]),
      set: new Set([error]),
      settled: { status: "rejected", reason: error },
      instance: new (class Holder {
        readonly error = error;
      })(),
    };
    const back = send(places);
    const arrived = back.property;
    assert.ok(arrived instanceof RangeError);
    assert.deepEqual(
      [arrived.name, arrived.message, arrived.path, arrived.code, arrived.seven],
      ["Invalid", "a.b is invalid", "a.b", "E_INVALID", 7],
    );
    assert.equal(arrived.stack, error.stack);
    assert.deepEqual(arrived.cause, { status: 404, tries: [1, 2] });
    assert.ok(arrived.errors["a.b"] instanceof TypeError);
    assert.equal(arrived.errors["a.c"], "missing");
    assert.equal(arrived[Symbol.for("library.kind") as never], "schema");
    assert.deepEqual(arrived.properties, { path: "a.b" });
    assert.deepEqual([Object.hasOwn(arrived, "validator"), Object.hasOwn(arrived, "broken")], [false, false]);
    assert.equal(arrived.bytes.toString(), "abc");
    assert.deepEqual(classesOf(arrived).slice(0, 2), ["Invalid", "RangeError"]);
    for (const one of [
      back.list[0],
      back.map.get("key"),
      [...back.set][0],
      back.settled.reason,
      back.instance.error,
    ]) {
      assert.equal(one, arrived);
    }
  });

  test(`errors of errors, and circles of them (${way})`, () => {
    const inner = [new TypeError("one"), "two", { three: 3 }];
    const aggregate = send(new AggregateError(inner, "all"));
    assert.ok(aggregate instanceof AggregateError && aggregate.errors[0] instanceof TypeError);
    assert.deepEqual(aggregate.errors.slice(1), ["two", { three: 3 }]);
    for (const cause of ["a text", 5, ["a", "list"], false]) {
      assert.deepEqual(send(new Error("x", { cause })).cause, cause);
    }
    const circle: Error & { self?: Error } = new Error("circle");
    circle.self = circle;
    circle.cause = new Error("and back", { cause: circle });
    const back = send(circle);
    assert.equal(back.self, back);
    assert.equal((back.cause as Error).cause, back);
    const list: unknown[] = [circle];
    list.push(list, circle);
    const [first, itself, same] = send(list);
    assert.ok(first instanceof Error && Array.isArray(itself) && same === first);
  });

  test(`an error of ours, and one of the web (${way})`, () => {
    const ours = send(new YonderError("INPUT", { message: "m", remedy: "r", exitCode: 3 }));
    assert.ok(ours instanceof YonderError);
    assert.deepEqual([ours.code, ours.remedy, ours.exitCode, ours.message], ["INPUT", "r", 3, "m"]);
    const web = send(new DOMException("gone", "AbortError"));
    assert.ok(web instanceof DOMException);
    assert.deepEqual([web.name, web.message, web.code], ["AbortError", "gone", 20]);
  });

  test(`a view brings its own bytes only, and stays what it is (${way})`, () => {
    const memory = new Uint8Array(1 << 20).fill(7).buffer;
    const value = {
      part: new Uint8Array(memory, 5, 10),
      floats: new Float64Array(memory, 8, 2),
      data: new DataView(memory, 1, 3),
      pooled: Buffer.from("secret of a task").subarray(0, 3),
      whole: Buffer.alloc(4, "abcd"),
      empty: new Uint8Array(memory, 0, 0),
      deep: new Map([["list", [new Uint16Array(memory, 2, 1)]]]),
      error: Object.assign(new Error("x"), { part: new Uint8Array(memory, 5, 10) }),
    };
    const back = send(value);
    const views = [back.part, back.floats, back.data, back.pooled, back.empty, back.deep.get("list")![0]!];
    for (const view of [...views, back.error.part]) assert.equal(view.buffer.byteLength, view.byteLength);
    assert.deepEqual(back.part, new Uint8Array(10).fill(7));
    assert.ok(back.data instanceof DataView && back.data.byteLength === 3);
    assert.ok(Buffer.isBuffer(back.pooled) && Buffer.isBuffer(back.whole) && !Buffer.isBuffer(back.part));
    assert.deepEqual([back.pooled.toString(), back.whole.toString("hex")], ["sec", "61626364"]);
  });

  test(`what is there twice is there twice as one (${way})`, () => {
    const part = new Uint8Array(new ArrayBuffer(64), 8, 8);
    const shared = { n: 1 };
    const back = send({
      a: part,
      list: [part],
      one: shared,
      two: shared,
      holes: Object.assign(new Array<number>(3), { 0: 1 }),
    });
    assert.equal(back.a, back.list[0]);
    assert.equal(back.one, back.two);
    assert.ok(!(1 in back.holes) && back.holes.length === 3);
  });
}

for (const [way, send] of Object.entries(ways)) {
  test(`of an error, what cannot go everywhere stays behind, and all else arrives (${way})`, () => {
    const error = Object.assign(new Error("no answer"), {
      url: new URL("http://host/"),
      request: { headers: new Headers({ a: "b" }), tries: 2 },
      module: compiledModule(),
      body: new ReadableStream(),
      odd: Object.defineProperty({ here: 1 }, "gone", {
        enumerable: true,
        get: () => assert.fail("a getter"),
      }),
      kept: 1,
    });
    const { request, odd, kept, ...others } = send([error])[0]!;
    assert.deepEqual({ request, odd, kept }, { request: { tries: 2 }, odd: { here: 1 }, kept: 1 });
    assert.deepEqual(Object.keys(others), []);
  });

  test(`errors beside the items of an array, and those that a getter makes (${way})`, () => {
    const list = Object.assign([1], { reason: Object.assign(new Error("x"), { code: "E" }) });
    const makes = {
      get error() {
        return Object.assign(new Error("y"), { code: "F" });
      },
    };
    const back = send({ list, makes });
    assert.deepEqual([back.list.reason.code, back.makes.error.code], ["E", "F"]);
  });
}

test("what only threads understand is refused as bytes, where V8 would make an empty object of it", () => {
  for (const value of [compiledModule(), new Blob(["x"]), new URL("http://host/")]) {
    assert.throws(() => encode(pack({ deep: [value] })), Error, value.constructor.name);
    assert.throws(() => bytesOfValue(value), Error, value.constructor.name);
  }
  assert.ok(structuredClone(pack([new Blob(["x"])])));
  class Empty {}
  assert.deepEqual(unpack(decode(encode(pack([new Empty()]))) as Packed), [{}]);
});

test("what needs nothing is sent as it is, without a copy", () => {
  const value = { list: [1, { a: new Uint8Array(8) }], date: new Date(), map: new Map([[{}, new Set([1])]]) };
  const { value: packed, parts } = pack(value);
  assert.equal(packed, value);
  assert.equal(parts, undefined);
});

test("what two values of one message have in common goes in two messages", () => {
  const shared = { n: 0 };
  const memory = new Float64Array(new SharedArrayBuffer(8));
  const packing = createPacking();
  assert.ok(packing.add([shared, memory]));
  assert.ok(packing.add([{ n: 0 }, memory]), "shared memory is there to be shared");
  assert.equal(packing.add([{ deep: [shared] }]), undefined);
});

test("a snapshot is of now, also of arrays and dates", () => {
  const value = { list: [1], bytes: Uint8Array.of(1), date: new Date(1), buffer: new ArrayBuffer(1) };
  const { value: taken } = createPacking().snapshot(value);
  value.list.push(2);
  value.bytes[0] = 2;
  value.date.setTime(2);
  new Uint8Array(value.buffer)[0] = 2;
  assert.deepEqual(taken, {
    list: [1],
    bytes: Uint8Array.of(1),
    date: new Date(1),
    buffer: new ArrayBuffer(1),
  });
});

test("errors whose getters never come to an end arrive", () => {
  class Endless extends Error {
    get next(): Error {
      return new Endless("next");
    }
    get pair(): Error[] {
      return [new Endless("one"), new Endless("two")];
    }
  }
  const back = unpack(structuredClone(pack(new Endless("first")))) as Error;
  assert.equal(back.message, "first");
});
