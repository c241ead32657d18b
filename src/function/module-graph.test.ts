import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { differences } from "../memo/differences.ts";
import { type GraphPart, moduleGraph } from "./module-graph.ts";

const base = mkdtempSync(join(tmpdir(), "yonder-graph-"));
after(() => rmSync(base, { recursive: true }));
let directory = base;
let count = 0;
beforeEach(() => {
  directory = join(base, `${count++}`);
});

function write(files: Record<string, string | object>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  }
}

async function partsOf(name = "main.ts"): Promise<GraphPart[]> {
  return (await moduleGraph(pathToFileURL(join(directory, name)).href)).parts;
}

/** The names, but for node's. */
async function names(name = "main.ts"): Promise<string[]> {
  return (await partsOf(name)).map((part) => part.name).filter((part) => part !== "node");
}

/** What is said to have changed in the graph by writing these files. */
async function changes(files: Record<string, string | object>): Promise<string[]> {
  const before = await moduleGraph(pathToFileURL(join(directory, "main.ts")).href);
  write(files);
  const now = await moduleGraph(pathToFileURL(join(directory, "main.ts")).href);
  const explained = differences(before.parts, now.parts);
  assert.equal(before.hash !== now.hash, explained.length > 0);
  return explained.map(({ name, change }) => `${change} ${name}`);
}

test("all that a module imports belongs to it, directly or not, in any form", async () => {
  write({
    "main.ts": `import { a } from "./a.ts"; import "./b.mjs"; export * from "./c.js"; export { d } from "./sub/d.mts";
      import data from "./data.json" with { type: "json" }; const later = () => import("./later.ts");
      const t = import(\`./template.ts\`); const file = new URL("./table.csv", import.meta.url);
      import { readFileSync } from "node:fs"; import os from "os";`,
    "a.ts": `import "../${count - 1}/deep.ts";`,
    "deep.ts": `import "./main.ts";`,
    "b.mjs": "",
    "c.js": "",
    "sub/d.mts": "export const d = 1;",
    "data.json": "{}",
    "later.ts": "",
    "template.ts": "",
    "table.csv": "1",
    "unrelated.ts": "",
  });
  assert.deepEqual(
    await names(),
    "a.ts b.mjs c.js data.json deep.ts later.ts main.ts sub/d.mts table.csv template.ts".split(" "),
  );
});

test("types that are erased do not count, and no more does text that looks like an import", async () => {
  write({
    "main.ts": `import type { A } from "./a.ts"; export type { B } from "./b.ts";
      const x: typeof import("./c.ts") | undefined = undefined;
      // import "./d.ts";
      const text = 'import "./e.ts"', more = \`\${text} import "./f.ts"\`, re = /import ".\\/g.ts"/;
      import { type H } from "./h.ts";`,
    ...Object.fromEntries("abcdefgh".split("").map((name) => [`${name}.ts`, ""])),
  });
  // node keeps the import of h.ts too: `import {} from "./h.ts"`
  assert.deepEqual(await names(), ["h.ts", "main.ts"]);
});

test("a changed helper changes the hash and is named; an unrelated file does not", async () => {
  write({ "main.ts": `import "./a.ts";`, "a.ts": `import "./b.ts";`, "b.ts": "1", "c.ts": "1" });
  assert.deepEqual(await changes({ "b.ts": "2" }), ["changed b.ts"]);
  assert.deepEqual(await changes({ "c.ts": "2" }), []);
  assert.deepEqual(await changes({ "b.ts": `import "./c.ts";` }), ["changed b.ts", "added c.ts"]);
  assert.deepEqual(await changes({ "b.ts": "2", "c.ts": "3" }), ["changed b.ts", "removed c.ts"]);
});

test("a file that is written again as it was changes nothing, an edit of the same size in the same second does", async () => {
  write({ "main.ts": "export const a = 1;" });
  assert.deepEqual(await changes({ "main.ts": "export const a = 1;" }), []);
  assert.deepEqual(await changes({ "main.ts": "export const a = 2;" }), ["changed main.ts"]);
  const then = new Date(1e12);
  utimesSync(join(directory, "main.ts"), then, then);
  await partsOf();
  const before = await partsOf();
  write({ "main.ts": "export const a = 3;" });
  utimesSync(join(directory, "main.ts"), then, then);
  assert.deepEqual(differences(before, await partsOf()).length, 1, "times set back");
});

test("the same sources elsewhere have the same hash", async () => {
  write({ "main.ts": `import "./sub/a.ts";`, "sub/a.ts": `import "../b.ts";`, "b.ts": "" });
  const other = join(base, "elsewhere");
  cpSync(directory, other, { recursive: true });
  const there = await moduleGraph(pathToFileURL(join(other, "main.ts")).href);
  assert.deepEqual(there, await moduleGraph(pathToFileURL(join(directory, "main.ts")).href));
});

const installed = {
  "node_modules/ext/package.json": {
    name: "ext",
    version: "2.0.0",
    exports: { import: "./m.mjs" },
    dependencies: { "@s/dep": "1" },
  },
  "node_modules/ext/m.mjs": `import "@s/dep"; import "./other.mjs";`,
  "node_modules/ext/other.mjs": "",
  "node_modules/@s/dep/package.json": { name: "@s/dep", version: "1.0.0" },
  "node_modules/@s/dep/index.js": "",
};

test("installed packages count by name and version, with what they depend on", async () => {
  write({ "main.ts": `import "ext";`, ...installed });
  assert.deepEqual(await names(), ["@s/dep@1.0.0", "ext@2.0.0", "main.ts"]);
});

test("another version of what a package depends on is a change, in a new process", async () => {
  write({ "main.ts": `import "ext";`, ...installed });
  const inProcess = () => {
    const code = `import { moduleGraph } from ${JSON.stringify(new URL("./module-graph.ts", import.meta.url).href)};
      console.log(JSON.stringify((await moduleGraph(${JSON.stringify(pathToFileURL(join(directory, "main.ts")).href)})).parts))`;
    return JSON.parse(
      execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" }),
    );
  };
  const before: GraphPart[] = inProcess();
  write({ "node_modules/@s/dep/package.json": { name: "@s/dep", version: "1.0.1" } });
  assert.deepEqual(differences(before, inProcess()), [
    { name: "@s/dep@1.0.0", change: "removed" },
    { name: "@s/dep@1.0.1", change: "added" },
  ]);
});

test("a linked workspace counts by content, found by its exports; so do imports by #name and by its own name", async () => {
  write({
    "package.json": {
      name: "app",
      type: "module",
      imports: { "#own": "./own.ts" },
      exports: { "./self": "./self.ts" },
    },
    "main.ts": `import "lib"; import "lib/more"; import "#own"; import "app/self";`,
    "own.ts": "",
    "self.ts": "",
    "packages/lib/package.json": {
      name: "lib",
      exports: { ".": { import: "./src/index.ts" }, "./*": "./src/*.ts" },
    },
    "packages/lib/src/index.ts": "1",
    "packages/lib/src/more.ts": "",
  });
  mkdirSync(join(directory, "node_modules"));
  symlinkSync("../packages/lib", join(directory, "node_modules/lib"));
  const files = ["main.ts", "own.ts", "packages/lib/src/index.ts", "packages/lib/src/more.ts", "self.ts"];
  assert.deepEqual(await names(), files);
  assert.deepEqual(await changes({ "packages/lib/src/index.ts": "2" }), [
    "changed packages/lib/src/index.ts",
  ]);
});

test("CommonJS is followed through require, where extensions and folders are left out", async () => {
  write({
    "package.json": { type: "commonjs" },
    "main.ts": `import a from "./a.cjs"; import { createRequire } from "node:module"; createRequire(import.meta.url)("./no.js");
      const require = createRequire(import.meta.url); require("./native.node");`,
    "a.cjs": `const b = require("./b"), fs = require("fs"), { c } = require('./folder'); import("./d.mjs");`,
    "b.js": "",
    "folder/index.js": "",
    "d.mjs": "",
    "native.node": "\x7fELF",
  });
  assert.deepEqual(await names(), ["a.cjs", "b.js", "d.mjs", "folder/index.js", "main.ts", "native.node"]);
});

test("what is not there counts as that, and is found once it is there", async () => {
  write({ "main.ts": `try { await import("./maybe.ts"); await import("not-installed"); } catch {}` });
  assert.deepEqual(await names(), ["./maybe.ts from main.ts", "main.ts", "not-installed from main.ts"]);
  assert.deepEqual(await changes({ "maybe.ts": "" }), ["removed ./maybe.ts from main.ts", "added maybe.ts"]);
});

test("in code that cannot be read whatever looks like an import counts", async () => {
  write({ "main.ts": `import "./a.ts"; const = {{{ " \n require('./b')`, "a.ts": "", "b.js": "" });
  assert.deepEqual(await names(), ["a.ts", "b.js", "main.ts"]);
});

test("modules of data: URLs count", async () => {
  const { parts } = await moduleGraph("data:text/javascript,import 'node:fs'; export const a = 1;");
  assert.equal(parts.length, 2);
});

test("a module that cannot be read is refused", async () => {
  await assert.rejects(partsOf("nowhere.ts"), {
    code: "FUNCTION",
    message: `${join(directory, "nowhere.ts")} cannot be read`,
  });
});

test("all of yonder in little time: read once, then only looked at", async () => {
  const url = new URL("../cli/main.ts", import.meta.url).href;
  const cpuMs = async () => {
    const start = process.cpuUsage();
    const { parts } = await moduleGraph(url);
    assert.ok(parts.length > 200);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  const [first, second] = [await cpuMs(), await cpuMs()];
  assert.ok(first < 3000 && second < first / 2, `${first} ms, then ${second} ms`);
});
