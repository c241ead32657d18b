import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const sdk = new URL("../index.ts", import.meta.url).href;

const TASKS = `
import { appendFileSync, readFileSync } from "node:fs";
import { task } from ${JSON.stringify(sdk)};
import { twice } from "./helper.ts";
const ran = (what) => appendFileSync("ran", what + "\\n");
export const double = task((n) => { ran("double " + n); return twice(n); }, { memo: true });
export const next = task((n) => { ran("next " + n); return n + 1; }, { memo: true });
export const options = task((o) => { ran("options"); return o; }, { memo: true });
export const large = task((n) => { ran("large"); return { map: new Map([[n, new Float64Array(100_000).fill(n)]]), text: "é" }; }, { memo: true });
export const fails = task(() => { ran("fails"); throw new Error("no"); }, { memo: true });
export const reads = task((path) => { ran("reads"); return readFileSync(path, "utf8"); }, { memo: { files: (path) => [path], env: ["WORD"], version: "1" } });
export const plain = task((n) => { ran("plain " + n); return n; });
`;

/** A program's directory, with a home of its own. */
function place(t: { after(act: () => void): void }): Place {
  const directory = mkdtempSync(join(tmpdir(), "yonder-memo-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const write = (name: string, content: string): void => writeFileSync(join(directory, name), content);
  write("package.json", '{ "type": "module" }');
  write("tasks.ts", TASKS);
  write("helper.ts", "export const twice = (n) => n * 2;");
  return {
    write,
    async run(body, env = {}) {
      write("ran", "");
      write(
        "main.ts",
        `import { connect } from ${JSON.stringify(sdk)}; import * as t from "./tasks.ts";
        const y = await connect({ threads: 2 }); const why = (ref) => y.explain(ref).reasons.join("; ");
        const said = []; const say = (...values) => said.push(...values);
        ${body}
        const { reused, succeeded } = await y.close();
        process.stdout.write(JSON.stringify({ said, reused, succeeded }));`,
      );
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ["main.ts"], {
        cwd: directory,
        env: { PATH: process.env["PATH"], HOME: directory, ...env },
        timeout: 60_000,
      });
      const ran = readFileSync(join(directory, "ran"), "utf8")
        .split("\n")
        .filter((line) => line !== "");
      return { ...(JSON.parse(stdout) as Pick<Result, "said" | "reused" | "succeeded">), ran, stderr };
    },
  };
}

interface Place {
  write(name: string, content: string): void;
  run(body: string, env?: Record<string, string>): Promise<Result>;
}

interface Result {
  readonly said: readonly unknown[];
  readonly reused: number;
  readonly succeeded: number;
  readonly ran: readonly string[];
  readonly stderr: string;
}

test("a call is answered by an earlier success, and by none when a helper of its module has changed", async (t) => {
  const at = place(t);
  const body = `const a = y.run(t.double, 3), b = y.run(t.next, a); say(await a, await b, why(a), why(b));`;
  const first = await at.run(body);
  assert.deepEqual(first.ran, ["double 3", "next 6"]);
  assert.deepEqual([first.reused, first.succeeded], [0, 2]);
  assert.deepEqual(first.said.slice(0, 3), [6, 7, "it was not reused: no earlier success"]);
  const second = await at.run(body);
  assert.deepEqual(second.ran, []);
  assert.deepEqual([second.reused, second.succeeded], [2, 2]);
  assert.deepEqual(second.said.slice(0, 3), [6, 7, "it was reused: an earlier success had the same key"]);
  at.write("helper.ts", "export const twice = (n) => n * 2 + 1;");
  const third = await at.run(body);
  assert.deepEqual(third.ran, ["double 3", "next 7"]);
  assert.deepEqual(third.said, [
    7,
    8,
    "it was not reused: code of helper.ts changed",
    "it was not reused: argument 1 changed, code of helper.ts changed",
  ]);
});

test("a ref counts by its value: what depends on it is reused where that is the same", async (t) => {
  const at = place(t);
  const body = (how: string): string => `const b = y.run(t.next, y.run(t.plain, ${how})); say(await b);`;
  assert.deepEqual((await at.run(body("5"))).ran, ["plain 5", "next 5"]);
  assert.deepEqual((await at.run(body("2 + 3"))).ran, ["plain 5"]);
  assert.deepEqual((await at.run("say(await y.run(t.next, y.put(5)))")).ran, []);
});

test("values come back as they were: large arrays, Maps, in any order of keys asked for", async (t) => {
  const at = place(t);
  const body = `const { map, text } = await y.run(t.large, 7), [[key, list]] = map;
    say(key, list.constructor.name, list.length, list.buffer.byteLength, list[99_999], text);
    say(await y.run(t.options, { b: { d: 1, c: [2n].length }, a: 1 }));`;
  const first = await at.run(body);
  const second = await at.run(
    body.replace("{ b: { d: 1, c: [2n].length }, a: 1 }", "{ a: 1, b: { c: 1, d: 1 } }"),
  );
  assert.deepEqual([first.ran.length, second.ran.length], [2, 0]);
  assert.deepEqual(second.said, first.said);
  assert.deepEqual(second.said.slice(0, 6), [7, "Float64Array", 100_000, 800_000, 7, "é"]);
});

test("files count by content, declared variables by value; failures are not remembered", async (t) => {
  const at = place(t);
  at.write("data", "one");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const body = `const a = y.run(t.reads, "data"); say(await a, why(a)); await y.run(t.fails).catch(() => {});`;
  const reason = ({ said }: Result): unknown => said[1];
  assert.deepEqual((await at.run(body)).ran, ["reads", "fails"]);
  at.write("data", "one");
  assert.deepEqual((await at.run(body)).ran, ["fails"]);
  at.write("data", "two");
  const changed = await at.run(body);
  assert.deepEqual(changed.said, ["two", "it was not reused: input data changed"]);
  const other = await at.run(body, { WORD: "x" });
  assert.equal(reason(other), "it was not reused: environment WORD changed");
  assert.deepEqual((await at.run(body, { WORD: "x", OTHER: "y" })).ran, ["fails"]);
});

test("with() asks for any function, inline ones too; map looks up in bulk; a failed call runs again", async (t) => {
  const at = place(t);
  const body = `const m = y.with({ memo: true });
    for await (const n of m.map(t.plain, Array.from({ length: 300 }, (_, i) => i))) say(n);
    say(await m.run((a) => a + 1, 1));
    say(await y.run(t.next, 1n).catch((error) => error.constructor.name));`;
  const first = await at.run(body);
  assert.equal(first.ran.length, 301);
  const second = await at.run(body);
  assert.deepEqual(second.said, first.said);
  assert.deepEqual([second.ran.length, second.reused], [1, 301]);
});

test("a program may change what it got: what is remembered is what the function gave", async (t) => {
  const at = place(t);
  const body = `const o = await y.run(t.options, { list: [1] }); say(o.list.length); o.list.push(2);`;
  assert.deepEqual((await at.run(body)).said, [1]);
  assert.deepEqual((await at.run(body)).said, [1]);
});

test("events, the journal and its explain know what was reused", async (t) => {
  const at = place(t);
  const body = `y.on("task", ({ type, task }) => say(type + " " + task)); await y.run(t.next, 1);`;
  assert.deepEqual((await at.run(body)).said, ["started 1", "succeeded 1"]);
  assert.deepEqual((await at.run(body)).said, ["reused 1"]);
});

test("without a store that can be used there is a warning, and calls run; a generator is refused", async (t) => {
  const at = place(t);
  at.write("file", "");
  const env = { YONDER_STORE: "/dev/null/store" };
  const { ran, stderr } = await at.run("say(await y.run(t.next, 1), await y.run(t.next, 2));", env);
  assert.equal(ran.length, 2);
  assert.equal(stderr.match(/nothing is reused, for the store cannot be used/g)?.length, 1);
  const { said } = await at.run(
    `try { y.with({ memo: true }).run(function* () { yield 1; }); } catch (error) { say(error.code); }`,
  );
  assert.deepEqual(said, ["USAGE"]);
});

test("a call that is cancelled while it is looked up stays cancelled", async (t) => {
  const at = place(t);
  const { said, succeeded } = await at.run(
    `const refs = [1, 2, 3].map((n) => y.run(t.next, n)); for (const ref of refs) y.cancel(ref);
    for (const ref of refs) say(await ref.catch((error) => error.code));`,
  );
  assert.deepEqual(said, ["CANCELLED", "CANCELLED", "CANCELLED"]);
  assert.equal(succeeded, 0);
});
