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

test("what has not run, and how to run it, with the failed ones or without", () => {
  const commands = { restCommand: "yonder resume 7", againCommand: "yonder resume --failed 7" };
  const well = { failures: [], failedCount: 0, doneCount: 3, ...commands };
  const text = (count: number, total?: number): string =>
    renderSummary({ ...well, left: { count, total } }, 20);
  assert.equal(text(8, 11), "8 of 11 have not run. Run the rest: yonder resume 7\n");
  assert.equal(text(1, 4), "1 of 4 has not run. Run the rest: yonder resume 7\n");
  assert.equal(text(0), "Not all has run. Run the rest: yonder resume 7\n");
  const left = { count: 2, total: 5 };
  const unkept = renderSummary({ failures: [], failedCount: 0, doneCount: 3, left }, 80);
  assert.equal(unkept, "2 of 5 have not run.\n");
  assert.equal(
    renderSummary({ ...well, failures: [failed(2)], failedCount: 1, left }, 80),
    [
      "1 of 3 failed:",
      "  2: exit 1: job 2",
      "2 of 5 have not run. Run the rest: yonder resume 7",
      "Run the failed ones, too: yonder resume --failed 7",
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
