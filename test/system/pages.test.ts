import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repository, scratch } from "./scratch.ts";
import { pageSteps } from "./shell-blocks.ts";

const PAGES = [
  "guide/getting-started",
  "guide/failures-and-resume",
  "guide/pipes",
  "guide/many-files",
  "guide/progress-and-tracing",
  "guide/store",
  "guide/memo",
  "guide/operating",
  "reference/expressions",
  "reference/formats",
];

for (const page of PAGES) {
  test(`docs/${page}.md: every command works and prints what the page shows`, async (t) => {
    const steps = pageSteps(readFileSync(join(repository, "docs", `${page}.md`), "utf8"));
    using place = scratch(["examples", "docs", "README.md", "CHANGELOG.md"]);
    for (const { commands, shown } of steps) {
      await t.test(commands.split("\n", 1)[0], () => {
        const { status, stdout, stderr } = place.run(commands);
        assert.equal(status, 0, stderr);
        if (shown !== undefined) assert.equal(stdout, shown);
      });
    }
  });
}
