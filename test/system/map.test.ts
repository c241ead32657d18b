import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { repository } from "./scratch.ts";

const source = join(repository, "src");
/** Where what ships begins: build/build.ts and build/agent.ts bundle these with all that they import. */
const WAYS_IN = /"(src\/[^"]+\.ts)"/g;
const IMPORT = /(?:from |import |import\()"(\.\.?\/[^"]+\.ts)"/g;
/** These may be imported from everywhere, each other too. */
const COMMON = ["interface/", "bytes/"];

test("a folder imports only from those below it in docs/internals/map.md", () => {
  const rows = rowsOfMap();
  const rowOf = (file: string): string | undefined =>
    rows.filter((row) => file.startsWith(row)).sort((a, b) => b.length - a.length)[0];
  const upward: string[] = [];
  for (const { file, imports } of shipped()) {
    const from = rowOf(file);
    assert.ok(from !== undefined, `${file} is in no folder of docs/internals/map.md: give it a row there`);
    for (const target of imports) {
      const to = rowOf(target);
      if (to === undefined || COMMON.includes(to)) continue;
      if (rows.indexOf(to) < rows.indexOf(from)) upward.push(`${file} imports ${target}`);
    }
  }
  assert.deepEqual(upward, []);
});

test("each row of docs/internals/map.md is there, once", () => {
  const rows = rowsOfMap();
  assert.ok(rows.length > 15);
  assert.deepEqual(
    rows.filter((row, at) => !existsSync(join(source, row)) || rows.indexOf(row) !== at),
    [],
  );
});

test("no file imports itself, however far around, types included", () => {
  const imports = new Map(shipped().map(({ file, imports }) => [file, imports]));
  const done = new Set<string>();
  const circleFrom = (file: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const circle = circleFrom(next, [...way, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) assert.equal(circleFrom(file, [])?.join(" → "), undefined);
});

/** Folders and files of src/, from the top of the page to its bottom. */
function rowsOfMap(): string[] {
  const page = readFileSync(join(repository, "docs/internals/map.md"), "utf8");
  const [table] = page.split("Beside `src/`");
  return [...table!.matchAll(/^\| `([^`]+)` \|/gm)].map(([, row]) => row!);
}

/** What the program and the library are made of, types included, by paths from src/. */
function shipped(): { readonly file: string; readonly imports: readonly string[] }[] {
  const build = ["build", "program", "entries", "entry", "agent"]
    .map((name) => readFileSync(join(repository, `build/${name}.ts`), "utf8"))
    .join();
  const found = new Set([...build.matchAll(WAYS_IN)].map(([, way]) => relative("src", way!)));
  assert.ok(found.has("cli/main.ts") && found.has("sdk/index.ts"));
  const files = [];
  for (const file of found) {
    const text = readFileSync(join(source, file), "utf8").replace(/^\s*(?:\/?\*|\/\/).*$/gm, "");
    const imports = [...text.matchAll(IMPORT)].map(([, path]) => join(file, "..", path!));
    for (const target of imports) found.add(target);
    files.push({ file, imports });
  }
  return files;
}
