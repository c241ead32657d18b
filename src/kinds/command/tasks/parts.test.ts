import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { slotsFor } from "../../../driver/gates/capacity.ts";
import { jobShell } from "../job/job-shell.ts";
import { aheadDepth } from "../slots/ahead-depth.ts";
import { markOut, outFile } from "../text/out-file.ts";
import { workdirOf } from "../text/workdir.ts";

const dir = mkdtempSync(join(tmpdir(), "driver-"));
after(() => rmSync(dir, { recursive: true }));

test("--jobs in all its forms", () => {
  const file = join(dir, "jobs");
  writeFileSync(file, "200%\n");
  assert.equal(slotsFor(undefined, 6), 6);
  assert.equal(slotsFor({ type: "count", count: 3 }, 6), 3);
  assert.equal(slotsFor({ type: "plus", count: 2 }, 6), 8);
  assert.equal(slotsFor({ type: "minus", count: 1000 }, 6), 1);
  assert.equal(slotsFor({ type: "percent", percent: 1 }, 6), 1);
  assert.equal(slotsFor({ type: "percent", percent: 50 }, 6), 3);
  assert.equal(slotsFor({ type: "file", path: file }, 6), 12);
  assert.ok(slotsFor({ type: "max" }, 6) > 100);
});

test("slots are kept ahead once jobs prove short, and no more after a slow one", () => {
  const ahead = aheadDepth(true);
  assert.equal(ahead.depth, 1);
  ahead.ended(1);
  assert.ok(ahead.depth > 1);
  ahead.slow();
  assert.equal(ahead.depth, 1);
  const never = aheadDepth(false);
  never.ended(1);
  assert.equal(never.depth, 1);
});

test("--out: the file appears whole, or not at all, and its extension stays", () => {
  const path = join(dir, "new", "x.png");
  const out = outFile(path, `convert a ${markOut("{out}")}`, "run", 1);
  const temporary = out.command.slice("convert a ".length);
  assert.match(temporary, /\.png$/);
  writeFileSync(temporary, "whole");
  assert.equal(existsSync(path), false);
  assert.equal(out.commit(), undefined);
  assert.equal(readFileSync(path, "utf8"), "whole");
  assert.match(outFile(path, "true", "run", 2).commit() ?? "", /wrote no \{out\}/);
});

test("an argument that contains {out} is not taken for the output file", () => {
  const out = outFile(join(dir, "y"), `cp 'my{out}file' ${markOut("{out}")}`, "run", 1);
  assert.match(out.command, /^cp 'my\{out\}file' /);
});

test("--workdir: ~ is the home directory, ... a new one for each job", () => {
  const env = { HOME: "/home/me" };
  assert.equal(workdirOf("~/x", 1, env), "/home/me/x");
  assert.equal(workdirOf("/abs", 1, env), "/abs");
  assert.notEqual(workdirOf("...", 1, env), workdirOf("...", 2, env));
});

test("$PARALLEL_SHELL decides over the shell of the jobs", () => {
  assert.equal(jobShell({ PARALLEL_SHELL: "/bin/zsh", SHELL: "/bin/sh" }), "/bin/zsh");
});
