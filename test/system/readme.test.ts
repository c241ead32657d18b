import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repository, scratch } from "./scratch.ts";
import { pageSteps, sectionOf, shellBlocks } from "./shell-blocks.ts";

const readme = readFileSync(join(repository, "README.md"), "utf8");

test("the first command of the README prints what the README says", () => {
  const [first = ""] = shellBlocks(readme);
  const [, shown] = /^```text\n([\s\S]*?)^```$/m.exec(readme)!;
  using place = scratch(["examples"]);
  const { status, stdout } = place.run(first.replace("bin/yonder", "yonder"));
  assert.equal(stdout, shown);
  assert.equal(status, 0);
});

test("the README says how to run the tests", () => {
  assert.equal(shellBlocks(readme)[1], "./check");
});

test("the program of the README is the one in examples/, and prints what the README says", () => {
  const section = sectionOf(readme, "The same in TypeScript");
  const blocks = [...section.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)];
  assert.equal(blocks.length, 2);
  for (const [, path = "", text] of blocks) assert.equal(text, readFileSync(join(repository, path), "utf8"));
  const [step] = pageSteps(section);
  using place = scratch([]);
  // Where the package and its dependencies are.
  const { status, stdout, stderr } = place.run(`cd ${repository}\n${step!.commands}`);
  assert.equal(stderr, "");
  assert.equal(stdout, step!.shown);
  assert.equal(status, 0);
});

test("the ten one-liners of the README work, one after the other", async (t) => {
  const commands = shellBlocks(sectionOf(readme, "Ten one-liners"));
  assert.equal(commands.length, 10);
  using place = scratch(["examples", "docs"]);
  for (const command of commands) {
    await t.test(command, () => {
      const { status, stdout, stderr } = place.run(command);
      assert.equal(status, 0, stderr);
      assert.equal(stderr, "");
      const expected = OUTPUTS.find(([part]) => command.includes(part))?.[1] ?? "";
      assert.equal(sorted(stdout), sorted(expected === ANYTHING ? stdout : expected));
    });
  }
  const made = (folder: string): string[] => readdirSync(join(place.directory, folder)).sort();
  assert.deepEqual(made("thumbs"), made("examples/images"));
  assert.equal(made("examples/logs").filter((name) => name.endsWith(".gz")).length, 6);
  assert.ok(existsSync(join(place.directory, "lines.csv")));
});

const ANYTHING = "*";
/** What a command prints, by something that only it has in it; the others print nothing. */
const OUTPUTS: readonly (readonly [part: string, output: string])[] = [
  ["wc -w", ANYTHING],
  ["{1}-{2}", "small-red\nsmall-green\nsmall-blue\nlarge-red\nlarge-green\nlarge-blue\n"],
  ["cities.csv", cities()],
  ["--pipe", "31\n25\n8\n"],
  ["md5sum", ANYTHING],
  ["--detach", ANYTHING],
];

function cities(): string {
  return [
    "Lisbon has 545796 people.",
    "Washington, D.C. has 689545 people.",
    "Kyoto has 1463723 people.",
    "Nairobi has 4397073 people.",
    "Quito has 1763275 people.\n",
  ].join("\n");
}

function sorted(text: string): string {
  return text.split("\n").sort().join("\n");
}

test("links between pages lead somewhere", () => {
  const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md", ...pagesUnder("docs")];
  for (const page of pages) {
    const text = readFileSync(join(repository, page), "utf8");
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      const path = join(repository, page, "..", target);
      assert.ok(existsSync(path), `${page} links to ${target}`);
    }
  }
});

function pagesUnder(folder: string): string[] {
  const names = readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".md")).map((name) => join(folder, name));
}
