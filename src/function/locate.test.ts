import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { locate } from "./locate.ts";
import { task } from "./mark.ts";

const directory = mkdtempSync(join(tmpdir(), "yonder-locate-"));
after(() => rmSync(directory, { recursive: true }));
const head = `
import { actor, task } from ${JSON.stringify(new URL("./mark.ts", import.meta.url).href)};
import { locate } from ${JSON.stringify(new URL("./locate.ts", import.meta.url).href)};
`;
const urlOf = (name: string) => pathToFileURL(join(directory, name)).href;

async function load(name: string, text: string): Promise<Record<string, never>> {
  writeFileSync(join(directory, name), head + text);
  return await import(urlOf(name));
}

/** Runs a program whose last act is to print the names that it has found. */
async function run(name: string, text: string, as = name): Promise<unknown> {
  writeFileSync(join(directory, name), head + text);
  const { stdout } = await promisify(execFile)(process.execPath, [join(directory, as)], { timeout: 20_000 });
  return JSON.parse(stdout);
}

test("a function is found by the name of its export", async () => {
  const { area } = await load(
    "plain.ts",
    "export const area = task((w: number, h: number): number => w * h);",
  );
  assert.deepEqual(await locate(area!), { url: urlOf("plain.ts"), name: "area" });
});

test("the name of the export counts, not the function's own", async () => {
  const { outer, "a name": quoted } = await load(
    "renamed.ts",
    `const inner = task(function hidden() {}); export { inner as outer };
     const other = actor(class Other {}); export { other as "a name" };`,
  );
  assert.equal((await locate(outer!)).name, "outer");
  assert.equal((await locate(quoted!)).name, "a name");
});

test("a default export is one, and a name of its own is better", async () => {
  const only = await load("default.ts", "export default task(() => 1);");
  assert.equal((await locate(only["default"]!)).name, "default");
  const both = await load("both.ts", "const f = task(() => 1); export { f as default, f as zed };");
  assert.equal((await locate(both["zed"]!)).name, "zed");
});

test("a function made by a helper of the same module is found", async () => {
  const { f } = await load(
    "helper.ts",
    "const make = (k: number) => task(() => k); export const f = make(1), g = make(2);",
  );
  assert.equal((await locate(f!)).name, "f");
});

test("CommonJS exports are found", async () => {
  const file = join(directory, "common.cjs");
  writeFileSync(
    file,
    `const { task } = require(${JSON.stringify(new URL("./mark.ts", import.meta.url).pathname)});
     exports.one = task(() => 1); exports.two = task(() => 2);`,
  );
  const { one, two } = (await import(pathToFileURL(file).href)) as Record<string, object>;
  assert.equal((await locate(one!)).name, "one");
  assert.equal((await locate(two!)).name, "two");
  const whole = join(directory, "whole.cjs");
  writeFileSync(
    whole,
    `module.exports = require(${JSON.stringify(new URL("./mark.ts", import.meta.url).pathname)}).task(() => 1);`,
  );
  const { default: f } = (await import(pathToFileURL(whole).href)) as { default: object };
  assert.equal((await locate(f)).name, "default");
});

test("a module of a data: URL will do", async () => {
  const url = `data:text/javascript,${encodeURIComponent(`${head}export const f = task(() => 1);`)}`;
  const { f } = (await import(url)) as { f: object };
  assert.deepEqual(await locate(f), { url, name: "f" });
});

test("what is not exported is refused with its name, module and line", async () => {
  const { tasks } = await load("object.ts", "export const tasks = { area: task(function area() {}) };");
  await assert.rejects(locate(tasks!["area"]), {
    code: "FUNCTION",
    message: `area (${join(directory, "object.ts")}:4) is not exported`,
    remedy: "export it from its module: export const area = task(…)",
  });
});

test("what is not marked is refused", async () => {
  await assert.rejects(
    locate(function plain() {}),
    { code: "FUNCTION", message: "plain is not marked" },
  );
});

test("a second question waits for nothing, and a refusal is not remembered", async () => {
  const { f } = await load("again.ts", "export const f = task(() => 1);");
  assert.equal(await locate(f!), await locate(f!));
  const local = task(() => 1);
  await assert.rejects(locate(local));
  await assert.rejects(locate(local));
});

const everyForm = `
const later = task(async () => 0), also = task(() => 0);
export const plain = task((x: number): number => x), second = task(() => 2);
export const typed: { (a: number): number; b?: string } & object = task((a: number) => a) as never;
/* const fake = */ export const Counter =
  actor(class Counter { n = 0; });
const y = { task };
export const owned = y . task(() => "export const no = task(");
export function declared(): number { return 1; }
task(declared);
export let \u0061\u00e9 = task(() => 0);
export default task(() => 3);
export { later, also as renamed };
`;
const names = ["later", "renamed", "plain", "second", "typed", "Counter", "owned", "declared", "aé"];

test("the program itself may ask while its top level waits for the answer", async () => {
  const text = `${everyForm}
    const all = [later, also, plain, second, typed, Counter, owned, declared, aé];
    console.log(JSON.stringify((await Promise.all(all.map(locate))).map(({ name }) => name)));`;
  assert.deepEqual(await run("main.ts", text), names);
});

test("the program may be named by a link, and define a default export", async () => {
  symlinkSync("linked.ts", join(directory, "link.ts"));
  const text = `const f = task(() => 1); export { f as default }; console.log(JSON.stringify(await locate(f)));`;
  assert.deepEqual(await run("linked.ts", text, "link.ts"), { url: urlOf("linked.ts"), name: "default" });
});

test("a helper of the program is found as soon as its top level has ended", async () => {
  const text = `const make = () => task(() => 1); export const f = make();
    locate(f).then((found) => console.log(JSON.stringify(found)));`;
  assert.deepEqual(await run("sync.ts", text), { url: urlOf("sync.ts"), name: "f" });
});

test("a module that imports the waiting program, as in a circle, is found all the same", async () => {
  writeFileSync(
    join(directory, "circle.ts"),
    `${head}import { size } from "./circle-main.ts"; export const f = task(() => size);`,
  );
  const text = `import { f } from "./circle.ts"; export const size = 3; console.log(JSON.stringify(await locate(f)));`;
  assert.deepEqual(await run("circle-main.ts", text), { url: urlOf("circle.ts"), name: "f" });
});

test("a waiting program gets an error where its text does not tell, not a standstill", async () => {
  const text = `const make = () => task(function made() {}); export const f = make();
    console.log(JSON.stringify(await locate(f).catch(({ code, message }) => ({ code, message }))));`;
  assert.deepEqual(await run("unclear.ts", text), {
    code: "FUNCTION",
    message: `made (${join(directory, "unclear.ts")}:4) is not exported, as far as its text tells while its top level is still running`,
  });
});

test("a value beside the call is not taken for it", async () => {
  const text = `export const n: number = 1; const f = task(() => 1); export const g = [f];
    console.log(JSON.stringify(await locate(f).catch(({ code }) => code)));`;
  assert.deepEqual(await run("beside.ts", text), "FUNCTION");
});

test("code in no file is refused", async () => {
  const code = `${head}const f = task(function evaluated() {}); await locate(f).catch((e) => console.log(e.code, e.message));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code]);
  assert.equal(stdout, "FUNCTION evaluated is defined outside of any file, where no worker can find it\n");
});

test("a folder whose name needs escaping", async () => {
  mkdirSync(join(directory, "a b#ü"));
  const text = "export const f = task(() => 1); console.log(JSON.stringify(await locate(f)));";
  assert.deepEqual(await run("a b#ü/main.ts", text), { url: urlOf("a b#ü/main.ts"), name: "f" });
});
