import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./scratch.ts";

test("docs/reference/sdk.md is what the docstrings say; if not: node build/api.ts", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "yonder-api-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const made = join(directory, "sdk.md");
  execFileSync(process.execPath, [join(repository, "build/api.ts"), made]);
  const page = readFileSync(made, "utf8");
  assert.equal(readFileSync(join(repository, "docs/reference/sdk.md"), "utf8"), page);

  // A docstring that is missing is seen here rather than by a reader.
  const rows = page.split("\n").filter((line) => /^\| `.*` \| *\|$/.test(line));
  const selfEvident = /`(total|succeeded|failed|timedOut|cancelled|skipped|stopped|halt): /;
  assert.deepEqual(
    rows.filter((row) => !selfEvident.test(row)),
    [],
  );
  for (const [, name, next] of page.matchAll(/^#### (\S+)\n\n```ts\n[\s\S]*?^```\n\n(.*)/gm)) {
    assert.doesNotMatch(next!, /^#/, `${name} has no docstring`);
  }
});
