import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { actor, functionOf, type Mark, task } from "./mark.ts";

const directory = mkdtempSync(join(tmpdir(), "yonder-mark-"));
after(() => rmSync(directory, { recursive: true }));
const markUrl = new URL("./mark.ts", import.meta.url).href;

/** Writes a module and returns what it exports. */
async function load(name: string, text: string): Promise<Record<string, unknown>> {
  writeFileSync(join(directory, name), text);
  return await import(pathToFileURL(join(directory, name)).href);
}

function place(value: unknown): Pick<Mark, "url" | "line" | "column"> {
  const { url, line, column } = functionOf(value)!;
  return { url, line, column };
}

test("a marked function is the function", () => {
  const plain = async (a: number): Promise<number> => a;
  assert.equal(task(plain), plain);
  assert.equal(functionOf(plain)?.fn, plain);
  assert.deepEqual(Reflect.ownKeys(plain), ["length", "name"]);
});

test("a mark knows its module, with types stripped, and the line and column of the call", async () => {
  const text = `import { task } from ${JSON.stringify(markUrl)};\ninterface Size { width: number }\nexport const area = task((s: Size): number => s.width ** 2);\n`;
  const { area } = await load("typed.ts", text);
  assert.deepEqual(place(area), {
    url: pathToFileURL(join(directory, "typed.ts")).href,
    line: 3,
    column: 21,
  });
});

test("the module is the caller's also where all of yonder is one minified file", async () => {
  await build({
    entryPoints: [fileURLToPath(markUrl)],
    outfile: join(directory, "yonder.mjs"),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
  });
  const { f, C } = await load(
    "user.mjs",
    `import { actor, task } from "./yonder.mjs";\nexport const f = task(() => 1);\nexport const C = actor(class C {});\n`,
  );
  const url = pathToFileURL(join(directory, "user.mjs")).href;
  assert.deepEqual(place(f), { url, line: 2, column: 18 });
  assert.deepEqual(place(C), { url, line: 3, column: 18 });
});

test("two copies of yonder share their marks", async () => {
  const { functionOf: other } = (await import(`${markUrl}?copy`)) as { functionOf: typeof functionOf };
  assert.equal(other(task(() => 1))?.kind, "task");
});

test("the URL keeps its query, which names another instance of the module", async () => {
  writeFileSync(
    join(directory, "q.mjs"),
    `import { task } from "${markUrl}"; export const f = task(() => 1);`,
  );
  const url = `${pathToFileURL(join(directory, "q.mjs")).href}?v=2`;
  const { f } = (await import(url)) as { f: unknown };
  assert.equal(place(f).url, url);
});

test("a CommonJS module is a URL too", () => {
  const file = join(directory, "my tasks.cjs");
  writeFileSync(
    file,
    `const { task } = require(${JSON.stringify(fileURLToPath(markUrl))}); exports.f = task(() => 1);`,
  );
  assert.equal(place((createRequire(file)(file) as { f: unknown }).f).url, pathToFileURL(file).href);
});

test("a function of V8 between is no module", () => {
  const [f] = [() => 1].map((fn) => fn).map((fn) => Reflect.apply(task, undefined, [fn]));
  assert.equal(place(f).url, import.meta.url);
});

test("the module of evaluated code is the one that evaluates it", () => {
  const f: unknown = new Function("task", "return task(() => 1)")(task);
  assert.equal(place(f).url, import.meta.url);
});

test("what a program has set up for stacks stays", () => {
  const own = (): string => "own";
  Error.prepareStackTrace = own;
  Error.stackTraceLimit = 3;
  try {
    task(() => 1);
    assert.equal(Error.prepareStackTrace, own);
    assert.equal(Error.stackTraceLimit, 3);
  } finally {
    Error.prepareStackTrace = undefined as never;
    Error.stackTraceLimit = 10;
  }
});

test("a class that extends an actor is not one itself", () => {
  const Base = actor(class Base {});
  assert.equal(functionOf(Base)?.kind, "actor");
  assert.equal(functionOf(class extends Base {}), undefined);
  assert.ok(new Base() instanceof Base);
});

test("a second mark is refused, with the place of the first", () => {
  const twice = task(function twice() {});
  assert.throws(() => task(twice, { memo: true }), {
    code: "FUNCTION",
    message: /twice is marked already, in .*mark\.test\.ts:\d+/,
  });
});

test("what is no function is refused", () => {
  assert.throws(() => task(null as never), {
    code: "FUNCTION",
    message: "task() was given null, not a function",
  });
  assert.throws(() => actor({} as never), { code: "FUNCTION", message: /object, not a class/ });
});

test("options are refused by the name of the wrong one", () => {
  const wrong: [options: object, message: string][] = [
    [{ retries: { count: -1 } }, "retries.count is -1"],
    [{ retries: 3 }, "retries is 3"],
    [{ retries: { count: 1, backof: 3 } }, "no such option: retries.backof"],
    [{ timeoutMs: 0 }, "timeoutMs is 0"],
    [{ timeoutMs: Number.NaN }, "timeoutMs is NaN"],
    [{ resources: { "gpus/a100": "2" } }, "resources.gpus/a100 is 2"],
    [{ isolation: "vm" }, "isolation is vm"],
    [{ toString: 1 }, "no such option: toString"],
    [{ memo: { env: "PATH" } }, "memo.env is PATH"],
  ];
  for (const [options, message] of wrong)
    assert.throws(() => task(() => 1, options), { code: "USAGE", message });
  // As `list.map(task)` would do.
  assert.throws(() => task(() => 1, 0 as never), { code: "USAGE", message: "options is 0" });
});
