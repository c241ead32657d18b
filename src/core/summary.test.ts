import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobSummary } from "./events.ts";
import { exitStatus } from "./summary.ts";

const summary: JobSummary = {
  total: 300,
  succeeded: 300,
  failed: 0,
  timedOut: 0,
  cancelled: 0,
  skipped: 0,
  resumed: 0,
  unfinished: 0,
  inputClosed: true,
  stopped: "no",
  halt: { when: "never" },
  haltStatus: undefined,
};

test("the exit status is the number of failures, and 101 for more than 100", () => {
  assert.equal(exitStatus(summary), 0);
  assert.equal(exitStatus({ ...summary, failed: 1 }), 1);
  assert.equal(exitStatus({ ...summary, failed: 97, timedOut: 1, cancelled: 1, skipped: 1 }), 100);
  assert.equal(exitStatus({ ...summary, failed: 101 }), 101);
  assert.equal(exitStatus({ ...summary, failed: 300 }), 101);
});

test("what is unfinished or resumed is no failure", () => {
  assert.equal(exitStatus({ ...summary, succeeded: 0, unfinished: 200, resumed: 100 }), 0);
});

test("a halt decides; a percentage that was not reached is rounded up", () => {
  assert.equal(exitStatus({ ...summary, failed: 5, haltStatus: 42 }), 42);
  const halt = { when: "soon", why: "fail", threshold: { type: "percent", percent: 50 } } as const;
  assert.equal(exitStatus({ ...summary, total: 3, failed: 1, halt }), 34);
  assert.equal(exitStatus({ ...summary, total: 10, failed: 3, halt }), 30);
  assert.equal(exitStatus({ ...summary, total: 0, halt }), 0);
});
