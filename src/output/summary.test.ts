import assert from "node:assert/strict";
import { test } from "node:test";
import { type FailedTask, renderSummary } from "./summary.ts";

function failed(seq: number, other: Partial<FailedTask> = {}): FailedTask {
  return { seq, command: `job ${seq}`, exitCode: 1, signal: 0, stderrTail: "", ...other };
}

test("the first failures, why, their last words, and how to run them again", () => {
  const failures = [
    failed(3, { stderrTail: "one\ntwo\nthree\nfour\n" }),
    failed(5, { exitCode: 0, signal: 9 }),
    failed(6, { timedOut: true }),
  ];
  const summary = { failures, failedCount: 9, doneCount: 100, againCommand: "yonder resume --failed 7" };
  assert.equal(
    renderSummary(summary, 80),
    [
      "9 of 100 failed:",
      "  3: exit 1: job 3",
      "      two",
      "      three",
      "      four",
      "  5: killed by SIGKILL: job 5",
      "  6: timed out: job 6",
      "  and 6 more",
      "Run just these again: yonder resume --failed 7",
      "",
    ].join("\n"),
  );
});

test("nothing where nothing failed", () => {
  assert.equal(renderSummary({ failures: [], failedCount: 0, doneCount: 3 }, 80), "");
});

test("lines fit the width, and a terminal gets no control characters", () => {
  const failures = [failed(1, { command: `\x1b[2J${"x".repeat(200)}` })];
  const lines = renderSummary({ failures, failedCount: 1, doneCount: 1, againCommand: "again" }, 40).split(
    "\n",
  );
  assert.ok(lines.every((line) => line.length <= 40 && !line.includes("\x1b")));
});

test("the last failure is cut like the others where nothing says how to go on", () => {
  const failures = [failed(1), failed(2, { command: "x".repeat(200) })];
  const lines = renderSummary({ failures, failedCount: 2, doneCount: 2 }, 40).split("\n");
  assert.ok(lines.every((line) => line.length <= 40));
});
