import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./scratch.ts";

/** Runs a program of examples/sdk/ as a person would, with a home of its own. */
function run(
  t: { after(act: () => void): void },
  name: string,
  ...args: string[]
): { stdout: string; home: string } {
  const home = mkdtempSync(join(tmpdir(), "yonder-example-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const main = join(repository, "examples/sdk", name, "main.ts");
  const env = { PATH: process.env["PATH"], HOME: home };
  const stdout = execFileSync(process.execPath, [main, ...args], {
    cwd: home,
    env,
    encoding: "utf8",
    timeout: 120_000,
  });
  return { stdout, home };
}

test("pi: within four standard errors", (t) => {
  const { stdout } = run(t, "pi", "4");
  const [, pi, error] = /π ≈ ([\d.]+) ± ([\d.]+)/.exec(stdout)!;
  assert.ok(Math.abs(Number(pi) - Math.PI) < 4 * Number(error), stdout);
});

test("queens: the numbers that are known (OEIS A000170)", (t) => {
  assert.equal(run(t, "queens", "8").stdout, "8 queens: 92 solutions\n");
  assert.equal(run(t, "queens", "11").stdout, "11 queens: 2680 solutions\n");
});

test("inverted index: what grep counts too", (t) => {
  const { stdout } = run(t, "inverted-index", "nineveh", "grasshopper", "yonder");
  const books = join(repository, "examples/books");
  const counted = (word: string): string[] =>
    readdirSync(books)
      .filter((name) => name.endsWith(".txt"))
      .map((name) => ({ name, count: countOf(readFileSync(join(books, name), "utf8"), word) }))
      .filter(({ count }) => count > 0)
      .map(({ name, count }) => `${name.replace(".txt", "")} ${count}`);
  for (const word of ["nineveh", "grasshopper", "yonder"]) {
    const [, found = ""] = new RegExp(`^${word}: (.*)$`, "m").exec(stdout) ?? [];
    assert.deepEqual(found.split(", ").sort(), counted(word).length > 0 ? counted(word).sort() : ["nowhere"]);
  }
});

function countOf(text: string, word: string): number {
  return text.toLowerCase().match(new RegExp(`(?<![a-z'’])${word}(?![a-z'’])`, "g"))?.length ?? 0;
}

test("thumbnails: a whole PNG for each photograph", (t) => {
  const { home } = run(t, "thumbnails", "thumbs");
  const made = readdirSync(join(home, "thumbs"));
  assert.deepEqual(made, ["astronaut.png", "camera.png", "chelsea.png", "coffee.png"]);
  for (const name of made) {
    const png = readFileSync(join(home, "thumbs", name));
    assert.equal(png.readUInt32BE(16), 128, "its width");
    assert.equal(png.subarray(-8, -4).toString("latin1"), "IEND");
  }
});

test("crawler: every page once, whatever the server refuses at first", (t) => {
  assert.equal(run(t, "crawler", "200").stdout, "200 pages, each fetched once\n");
});
