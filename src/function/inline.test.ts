// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of functions
import assert from "node:assert/strict";
import { test } from "node:test";
import { runInThisContext } from "node:vm";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { evaluateInline, inlineSource } from "./inline.ts";
import type { TaskFunction } from "./mark.ts";

const width = 3;
const table = [1];
const count = 0;

/** The function as a worker has it. */
function again<F extends TaskFunction>(fn: F): F {
  return evaluateInline(inlineSource(fn)) as F;
}

/** What the refusal names. */
function captured(fn: TaskFunction): string {
  try {
    inlineSource(fn);
  } catch (error) {
    return (error as Error).message.replace(/^.*? captures /, "");
  }
  return "";
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Functions of text that the formatter and the compiler leave alone. */
function made(text: string): TaskFunction {
  return runInThisContext(`"use strict"; (${text})`) as TaskFunction;
}

test("the names that a function captures are named", () => {
  assert.throws(
    () =>
      inlineSource(function area(height: number) {
        return width * height + table.length;
      }),
    {
      code: "FUNCTION",
      message: "area captures `width` and `table`",
      remedy: "pass it as an argument, or put the function into a module and mark it with task()",
    },
  );
  assert.equal(
    captured(() => [width, table, count]),
    "`width`, `table` and `count`",
  );
});

test("each way of writing a function works again", async () => {
  assert.equal(again((a: number, b = a * 2): number => a + b)(1), 3);
  assert.equal(
    again(function plus(a: number, ...rest: number[]) {
      return rest.reduce((x, y) => x + y, a);
    })(1, 2, 3),
    6,
  );
  assert.equal(await again(async (a: Promise<number>) => (await a) + 1)(Promise.resolve(1)), 2);
  assert.deepEqual(
    [
      ...again(function* (n: number) {
        for (let i = 0; i < n; i++) yield i;
      })(3),
    ],
    [0, 1, 2],
  );
  const numbers = again(async function* () {
    yield 1;
    yield* [2, 3];
  })();
  assert.deepEqual(await collect(numbers), [1, 2, 3]);
  const key = "computed key";
  const methods = {
    plain(a: number) {
      return a;
    },
    async waits(a: number) {
      return a;
    },
    *many(a: number) {
      yield a;
    },
    async *later(a: number) {
      yield a;
    },
    [key]: (a: number) => a,
    [`${key}!`](a: number) {
      return a;
    },
    "quo ted"(a: number) {
      return a;
    },
    get(a: number) {
      return a;
    },
    async(a: number) {
      return a;
    },
    static(a: number) {
      return a;
    },
    function(a: number) {
      return a;
    },
    1(a: number) {
      return a;
    },
    get got() {
      return 7;
    },
  };
  const { plain, waits, many, later } = methods;
  assert.equal(again(plain)(1), 1);
  assert.equal(await again(waits)(1), 1);
  assert.deepEqual([...again(many)(1)], [1]);
  assert.deepEqual(await collect(again(later)(1)), [1]);
  for (const name of [
    "computed key",
    "computed key!",
    "quo ted",
    "get",
    "async",
    "static",
    "function",
    "1",
  ] as const) {
    assert.equal(again(methods[name as "get"])(4), 4, name);
  }
  assert.equal(again(Object.getOwnPropertyDescriptor(methods, "got")!.get as () => number)(), 7);
  class C {
    static of(a: number) {
      return a;
    }
    #p(a: number) {
      return a;
    }
    static p = (c: C) => c.#p;
  }
  assert.equal(again(C.of)(2), 2);
  assert.equal(again(C.p(new C()))(2), 2);
});

test("the name stays, for display; without one it is inline", () => {
  const area = (w: number) => w;
  assert.equal(again(area).name, "area");
  assert.equal(
    again(
      (
        () => () =>
          1
      )(),
    ).name,
    "inline",
  );
  assert.equal(again(function declared() {}).name, "declared");
  assert.equal(
    evaluateInline(inlineSource(made('({ ["__proto__"]: () => 1 })["__proto__"]'))).name,
    "__proto__",
  );
  assert.equal(again({ [Symbol.iterator]() {} }[Symbol.iterator]).name, "[Symbol.iterator]");
});

test("a method does not begin to mean itself by its name", () => {
  assert.equal(
    again(
      {
        structuredClone(x: object) {
          return structuredClone(x) !== x;
        },
      }.structuredClone,
    )({}),
    true,
  );
});

test("a function that calls itself by its own name is whole; by a variable's name it is not", () => {
  assert.equal(
    again(function fib(n: number): number {
      return n < 2 ? n : fib(n - 1) + fib(n - 2);
    })(10),
    55,
  );
  const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2));
  assert.equal(captured(fib), "`fib`");
});

const whole: Record<string, string> = {
  "parameters, defaults, rest":
    "(a, b = a, [c, , d = b, ...e] = [], { f, g: h = f, [a]: i, ...j } = {}, ...k) => [a, b, c, d, e, f, h, i, j, k]",
  "var is seen before and outside of its block":
    "() => { x = 1; { var x; } for (var y of []) {} for (var z in {}) {} return [x, y, z]; }",
  "let and const in blocks and loops":
    "() => { for (let i = 0, n = 3; i < n; i++) { const j = i; i += j; } for (const [k, { v = k }] of []) k + v; }",
  "functions and classes before their declaration":
    "() => { f(); function f() { return g; } class g extends f {} }",
  catch: "() => { try {} catch ({ message, [message]: x }) { message + x } try {} catch {} }",
  labels: "() => { outer: for (;;) { inner: { break inner; } continue outer; } }",
  "names of properties":
    "(o) => ({ width: 1, table() {}, get count() { return 1 }, 'x': o.width?.table, y: o?.['z'] })",
  "a shorthand of a parameter": "(width) => ({ width })",
  "tagged and nested templates": "(tag, a) => tag`x${`y${a}`}`",
  "the own name of an inner function and class":
    "() => [function f() { return f }, class C { m() { return C } static #p = C; }]",
  "arguments of a function": "function () { return [arguments.length, () => arguments] }",
  "this, super and new.target of what is inside":
    "() => [function () { return [this, new.target, () => this] }, class extends Object { x = this; static { this.y = 1 } constructor() { super(); super.x } get a() { return this } }, { m() { return super.toString() } }]",
  switch: "(x) => { switch (x) { case 1: let y = 1; default: return y; } }",
  globals:
    "() => [Buffer, process, fetch, structuredClone, URL, console, globalThis, undefined, NaN, Promise, SharedArrayBuffer, WebAssembly, setTimeout, Intl, eval, AbortSignal, performance, crypto, global]",
  "import() of packages": "() => import('node:fs')",
  "assignment by patterns":
    "(a, b) => { [a, b = a] = [b]; ({ a, b, ...a.c } = b); for ([a] of b); for (a.x in b); }",
  "bigint, regexp, optional calls, exponent, nullish": "(a) => (a ??= 1n ** 2n, /width/u.test(a?.()) && a)",
  "await using is not needed": "async (x) => { for await (const y of x) await y; }",
};
for (const [what, text] of Object.entries(whole)) {
  test(`nothing is captured: ${what}`, () => {
    assert.equal(captured(made(text)), "");
    again(made(text));
  });
}

const takes: [text: string, names: string][] = [
  ["() => x", "`x`"],
  ["(a = x) => { var x = 1; return a + x; }", "`x`"],
  ["(a = b) => { let b; }", "`b`"],
  ["({ [x]: a }) => a", "`x`"],
  ["() => { { let x; } return x; }", "`x`"],
  ["() => { for (const x of []) {} x }", "`x`"],
  ["() => { { function f() {} } f() }", "`f`"],
  ["() => { try {} catch (e) {} e }", "`e`"],
  ["() => { (function f() {}); (class C {}); f; C }", "`f` and `C`"],
  ["() => ({ x })", "`x`"],
  ["() => ({ [x]: 1 })", "`x`"],
  ["(o) => o[x]", "`x`"],
  ["() => { x = 1 }", "`x`"],
  ["() => { [x.y] = [] }", "`x`"],
  ["() => { x++ }", "`x`"],
  ["() => typeof x", "`x`"],
  ["() => `${x}`", "`x`"],
  ["() => x`y`", "`x`"],
  ["() => class extends x { [y] = z; static { w } }", "`x`, `y`, `z` and `w`"],
  ["() => () => () => x", "`x`"],
  ["() => { x: for (;;) break x; x }", "`x`"],
  ["() => arguments", "`arguments`"],
  ["() => this", "`this`"],
  ["function () { return () => this.x }", "`this`"],
  ["function () { return new.target }", "`new.target`"],
  ["() => class { [this.x]() {} }", "`this`"],
  ["{ m() { return super.x } }.m", "`super`"],
  ["() => require('node:fs')", "`require`"],
  ["() => [module, exports, __filename, __dirname]", "`module`, `exports`, `__filename` and `__dirname`"],
  ["() => constructor", "`constructor`"],
  ["() => import('./x.js')", "`import() of a relative path`"],
  ["() => import(x)", "`x`"],
  ["(x) => import(`../${x}.js`)", "`import() of a relative path`"],
];
for (const [text, names] of takes) {
  test(`captured: ${names} by ${text}`, () => assert.equal(captured(made(text)), names));
}

test("import.meta is captured", () => {
  assert.equal(
    captured(() => import.meta.url),
    "`import.meta`",
  );
});

test("what a program has added to the globals no worker has", () => {
  const global = globalThis as { added?: number };
  global.added = 1;
  assert.equal(captured(made("() => added")), "`added`");
  delete global.added;
});

test("what has no source is refused", () => {
  for (const fn of [Math.max, function f() {}.bind(null), new Proxy(() => 1, {})]) {
    assert.throws(() => inlineSource(fn), {
      code: "FUNCTION",
      message: /built in or bound: there is no source to send/,
    });
  }
  assert.throws(() => inlineSource(class Counter {} as never), {
    code: "FUNCTION",
    message: "Counter is a class",
  });
});

test("code that is not strict is refused where it could not be", () => {
  const sloppy = runInThisContext("(function f(a) { return 010 })") as TaskFunction;
  assert.throws(() => inlineSource(sloppy), { code: "FUNCTION", message: /^the source of f cannot be read/ });
});

test("text stays as it is: comments, strings, line ends", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const literal = JSON.stringify(text);
      const fn = made(`() => ${literal} // a comment at the end\n`) as () => string;
      assert.equal(again(fn)(), text);
    }),
  );
});

test("the same function gives the same text", () => {
  const make = () => (a: number) => a + 1;
  assert.equal(inlineSource(make()), inlineSource(make()));
});

test("in a worker it imports packages, built-in modules, and looks packages up from a base", async () => {
  const here = JSON.stringify(new URL("./inline.ts", import.meta.url).href);
  const fn = async (n: number) => {
    const { createHash } = await import("node:crypto");
    const { parse } = await import("acorn");
    const length = (parse("1", { ecmaVersion: 2024 }) as { end: number }).end;
    return [createHash("sha256").update(String(n)).digest("hex").slice(0, 8), length, Buffer.byteLength("é")];
  };
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(${here}).then(async ({ evaluateInline }) => {
      const fn = evaluateInline(workerData, ${JSON.stringify(import.meta.filename)});
      parentPort.postMessage([fn.name, await fn(1)]);
    });`;
  const worker = new Worker(code, { eval: true, workerData: inlineSource(fn), stderr: true });
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  worker.once("message", resolve).once("error", reject);
  assert.deepEqual(await promise, ["fn", ["6b86b273", 1, 2]]);
  await worker.terminate();
  assert.equal(worker.stderr.read(), null, "no warnings");
});
