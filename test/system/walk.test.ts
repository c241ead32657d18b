import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./scratch.ts";

const CODE = /`([^`]+)`/g;
const FILE = /^[\w@.-]+(?:\/[\w@.-]+)+$/;
/** A name of the sources, with what has it before it: `finish`, `driver.ended`. */
const NAME = /^(?:[a-zA-Z]\w*\.)?[a-zA-Z]\w*$/;
/** Stand on the page as words of a command line. */
const WORDS: ReadonlySet<string> = new Set(["parallel", "sem"]);

test("each file that docs/internals/walk.md names is there", () => {
  const files = paragraphs().flatMap(({ files }) => files);
  assert.ok(files.length > 100);
  assert.deepEqual(
    files.filter((file) => pathOf(file) === undefined),
    [],
  );
});

test("each name on docs/internals/walk.md stands in one of the files that are named beside it", () => {
  const missing: string[] = [];
  for (const { text, files, names } of paragraphs()) {
    const sources = files.map((file) => readFileSync(pathOf(file)!, "utf8")).join("\n");
    for (const name of names) {
      const word = name.split(".").at(-1)!;
      if (!new RegExp(`\\b${word}\\b`).test(sources)) missing.push(`${name}: ${text.slice(0, 60)}`);
    }
  }
  assert.deepEqual(missing, []);
});

interface Paragraph {
  readonly text: string;
  readonly files: readonly string[];
  readonly names: readonly string[];
}

/** Items of lists, rows of tables, paragraphs: a line that begins one, and what follows it. */
function paragraphs(): Paragraph[] {
  const page = readFileSync(join(repository, "docs/internals/walk.md"), "utf8");
  const texts = page.split(/\n(?=\s*(?:\d+\.|-|\||\*\*|#)|\n)/);
  return texts.flatMap((text) => {
    const words = [...text.matchAll(CODE)].map(([, word]) => word!);
    const files = words.filter((word) => FILE.test(word));
    const names = words.filter((word) => NAME.test(word) && !WORDS.has(word));
    return files.length === 0 ? [] : [{ text: text.trim(), files, names }];
  });
}

function pathOf(file: string): string | undefined {
  return ["src", "."].map((from) => join(repository, from, file)).find((path) => existsSync(path));
}
