import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobSummary } from "./events.ts";
import { NO_OUTCOMES, type Tally, verdictOf, wholeTally } from "./verdict.ts";

const whole: JobSummary = {
  ...NO_OUTCOMES,
  total: 10,
  succeeded: 10,
  resumed: 0,
  unfinished: 0,
  inputClosed: true,
  stopped: "no",
  halt: { when: "never" },
  haltStatus: undefined,
};
const drained: JobSummary = { ...whole, succeeded: 4, unfinished: 6, stopped: "drain" };
const SIGINT = { type: "signal", signal: 2 } as const;

function tally(more: Partial<Tally>): Tally {
  return { ...NO_OUTCOMES, ...more };
}

test("what failed in a run before has failed", () => {
  const nothingRan = { ...whole, succeeded: 0, resumed: 10 };
  const all = wholeTally(tally({ succeeded: 8, failed: 1, timedOut: 1 }), nothingRan);
  assert.deepEqual(verdictOf(all, nothingRan, undefined), { exitCode: 2, cancelled: false });
  const rest = { ...whole, succeeded: 4, resumed: 6 };
  assert.equal(verdictOf(wholeTally(tally({ succeeded: 6 }), rest), rest, undefined).exitCode, 0);
  assert.equal(verdictOf(wholeTally(tally({ skipped: 6 }), rest), rest, undefined).exitCode, 6);
});

test("a percentage is one of all tasks, over all runs", () => {
  const halt = { when: "soon", why: "fail", threshold: { type: "percent", percent: 50 } } as const;
  const last = { ...whole, succeeded: 6, resumed: 4, halt };
  const all = wholeTally(tally({ succeeded: 2, failed: 2 }), last);
  assert.equal(verdictOf(all, last, undefined).exitCode, 20);
});

test("a job that a signal has kept from running all has not succeeded", () => {
  assert.deepEqual(verdictOf(drained, drained, SIGINT), { exitCode: 130, cancelled: true });
  const killed = { ...whole, succeeded: 8, cancelled: 2, stopped: "cancel" } as const;
  assert.deepEqual(verdictOf(killed, killed, { type: "signal", signal: 15 }), {
    exitCode: 143,
    cancelled: true,
  });
  // Nobody knows what else would have come.
  const open = { ...whole, inputClosed: false, stopped: "drain" } as const;
  assert.deepEqual(verdictOf(open, open, SIGINT), { exitCode: 130, cancelled: true });
});

test("a signal that came when all was under way, and all has ended, is no matter", () => {
  const late = { ...whole, stopped: "drain" } as const;
  assert.deepEqual(verdictOf(late, late, SIGINT), { exitCode: 0, cancelled: false });
  const failed = { ...late, succeeded: 9, failed: 1 };
  assert.deepEqual(verdictOf(failed, failed, SIGINT), { exitCode: 1, cancelled: false });
});

test("a halt had decided before the signal came", () => {
  const halted = { ...drained, stopped: "halt", haltStatus: 7 } as const;
  assert.deepEqual(verdictOf(halted, halted, SIGINT), { exitCode: 7, cancelled: false });
});

test("an error is one, whatever has succeeded; a reader who has gone ends the job", () => {
  assert.deepEqual(verdictOf(whole, whole, { type: "error", exitCode: 255 }), {
    exitCode: 255,
    cancelled: false,
  });
  assert.deepEqual(verdictOf(whole, whole, { type: "closed" }), { exitCode: 141, cancelled: true });
});
