import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { JobSummary } from "../core/events.ts";
import { readJob } from "../journal/job-view.ts";
import { KINDS } from "./kinds.ts";

interface Mixed {
  readonly summary: JobSummary;
  readonly directory: string;
}

test("a job of commands and functions: one order, one set of slots, one journal", () => {
  const state = mkdtempSync(join(tmpdir(), "yonder-kinds-"));
  try {
    const count = 60;
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, "fixture-mixed.ts"), String(count)],
      { encoding: "utf8", env: { ...process.env, XDG_STATE_HOME: state } },
    );
    assert.equal(status, 0, stderr);
    const { summary, directory } = JSON.parse(stderr) as Mixed;
    const commands = Array.from({ length: count }, (_, index) => index + 1).filter((seq) => seq % 3 !== 0);
    assert.deepEqual(
      stdout
        .trim()
        .split("\n")
        .map(Number)
        .sort((a, b) => a - b),
      commands,
    );
    assert.deepEqual([summary.succeeded, summary.failed, summary.total], [count - 2, 2, count]);
    const view = readJob(directory)!;
    assert.deepEqual(view.summary.counts.succeeded, count - 2);
    const failures = view.summary.failures.map(({ task, command }) => `${task} ${command}`).sort();
    assert.deepEqual(failures, ["4 echo 4; exit $((4 == 4))", "6 double(5)"]);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
});

test("every folder beside the table is a kind in it", () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  assert.deepEqual(folders.map(({ name }) => name).sort(), Object.keys(KINDS).sort());
});
