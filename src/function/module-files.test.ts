import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { moduleFiles } from "./module-files.ts";

function directory(t: TestContext, files: Readonly<Record<string, string>>): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "files-")));
  t.after(() => rmSync(path, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

/** Their paths in the directory. */
async function found(path: string, first: Parameters<typeof moduleFiles>[0]): Promise<string[]> {
  const { files } = await moduleFiles(first);
  return files.map((file) => file.path.replace(`${path}/`, "")).sort();
}

const urlOf = (path: string, name: string): string => pathToFileURL(join(path, name)).href;

test("a module, what it imports at any depth, and the package.json that says how they are read", async (t) => {
  const path = directory(t, {
    "package.json": "{}",
    "main.ts": `import type { T } from "./types.ts"; import { b } from "./lib/b.ts"; export const late = () => import("./late.mjs");`,
    "types.ts": "export type T = 1;",
    "lib/package.json": `{"type":"module"}`,
    "lib/b.ts": `export const b = new URL("./table.json", import.meta.url);`,
    "lib/table.json": "[]",
    "late.mjs": `import { createRequire } from "node:module"; createRequire(import.meta.url); require("./old.cjs");`,
    "old.cjs": "exports.x = 1;",
    "other.ts": "",
  });
  assert.deepEqual(await found(path, urlOf(path, "main.ts")), [
    "late.mjs",
    "lib/b.ts",
    "lib/package.json",
    "lib/table.json",
    "main.ts",
    "old.cjs",
    "package.json",
  ]);
});

test("of packages the files that are used, by where they really are, and the links that lead there", async (t) => {
  const path = directory(t, {
    "main.mjs": `import "one/deep"; import "@scope/two"; import "node:fs"; import "fs";`,
    "store/one/package.json": `{"exports":{"./deep":"./lib/deep.js"},"type":"module"}`,
    "store/one/lib/deep.js": `import "three";`,
    "store/one/lib/unused.js": "",
    "store/one/node_modules/three/package.json": `{"main":"three.js"}`,
    "store/one/node_modules/three/three.js": `require("./data.json")`,
    "store/one/node_modules/three/data.json": "1",
    "node_modules/@scope/two/package.json": `{"main":"./two.cjs"}`,
    "node_modules/@scope/two/two.cjs": "",
  });
  symlinkSync(join(path, "store/one"), join(path, "node_modules/one"));
  const expected = [
    "main.mjs",
    "node_modules/@scope/two/package.json",
    "node_modules/@scope/two/two.cjs",
    "store/one/lib/deep.js",
    "store/one/node_modules/three/data.json",
    "store/one/node_modules/three/package.json",
    "store/one/node_modules/three/three.js",
    "store/one/package.json",
  ];
  assert.deepEqual(await found(path, urlOf(path, "main.mjs")), expected);
  const { links } = await moduleFiles(urlOf(path, "main.mjs"));
  assert.deepEqual(links, [{ path: join(path, "node_modules/one"), to: join(path, "store/one") }]);
});

test("text in no file finds packages from where it could be", async (t) => {
  const path = directory(t, {
    "node_modules/one/package.json": `{"main":"./one.js"}`,
    "node_modules/one/one.js": "",
  });
  const text = `(async () => (await import("one")).default)`;
  assert.deepEqual(await found(path, { text, path: join(path, "[inline]") }), [
    "node_modules/one/one.js",
    "node_modules/one/package.json",
  ]);
});

test("native addons stay; what is not there is left to whoever asks for it", async (t) => {
  const path = directory(t, {
    "main.cjs": `try { require("./build/fast.node") } catch { require("./slow.js") } require("./nowhere.js")`,
    "build/fast.node": "\x7fELF",
    "slow.js": "",
  });
  assert.deepEqual(await found(path, urlOf(path, "main.cjs")), ["main.cjs", "slow.js"]);
  await assert.rejects(moduleFiles(urlOf(path, "gone.ts")), {
    code: "FUNCTION",
    message: /gone\.ts cannot be read/,
  });
});
