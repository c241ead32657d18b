import assert from "node:assert/strict";
import { test } from "node:test";
import { checkInvariants } from "./invariants.ts";
import { DEFAULT_POLICY, plainClass, type TaskClass } from "./policy.ts";
import { createJob, step } from "./step.ts";
import { SEGMENT_TASKS } from "./task-table.ts";

const plain = plainClass(DEFAULT_POLICY);
const LAST = SEGMENT_TASKS - 1;

test("tasks of a class that was not added are refused", () => {
  const job = createJob(DEFAULT_POLICY);
  assert.throws(() => step(job, { type: "tasksAdded", nowMs: 0, count: 1, class: 1 }), /there is no class 1/);
});

test("a whole segment that was resumed before it was added does not run again", () => {
  for (const blocked of [false, true]) {
    const job = createJob(DEFAULT_POLICY);
    step(job, { type: "slotsChanged", nowMs: 0, slots: 1, depth: 1 });
    step(job, { type: "classAdded", nowMs: 0, class: plain });
    step(job, { type: "resumed", nowMs: 0, from: 1, to: LAST });
    assert.deepEqual(step(job, { type: "tasksAdded", nowMs: 0, count: LAST, class: 1, blocked }), []);
    const [ended] = step(job, { type: "inputClosed", nowMs: 0 });
    assert.equal(ended?.type === "jobEnded" && ended.summary.resumed, LAST);
    checkInvariants(job);
  }
});

test("the last open task of a segment keeps its number of attempts when it is cancelled", () => {
  const job = createJob({ ...DEFAULT_POLICY, tries: 2 });
  step(job, { type: "resumed", nowMs: 0, from: 1, to: LAST - 1 });
  step(job, { type: "tasksAdded", nowMs: 0, count: LAST });
  step(job, { type: "slotsChanged", nowMs: 0, slots: 1, depth: 1 });
  step(job, { type: "gateChanged", nowMs: 0, open: false, reason: "load" });
  step(job, { type: "attemptEnded", nowMs: 0, task: LAST, attempt: 1, exitCode: 1, signal: 0 });
  const [outcome] = step(job, { type: "cancel", nowMs: 1, task: LAST });
  assert.equal(outcome?.type === "recordOutcome" && outcome.attempts, 1);
});

test("an input that fails skips a task that waits for it, and no other", () => {
  const job = createJob(DEFAULT_POLICY);
  step(job, { type: "tasksAdded", nowMs: 0, count: 1 });
  assert.throws(() => step(job, { type: "inputFailed", nowMs: 0, task: 1 }), /it is not blocked/);
  assert.throws(() => step(job, { type: "unblocked", nowMs: 0, task: 1 }), /cannot unblock/);
});

test("a class has its own timeout, of its own runtimes", () => {
  const job = createJob(DEFAULT_POLICY);
  const timed: TaskClass = { ...plain, timeout: { type: "percent", percent: 200 } };
  step(job, { type: "slotsChanged", nowMs: 0, slots: 2, depth: 1 });
  step(job, { type: "classAdded", nowMs: 0, class: timed });
  step(job, { type: "classAdded", nowMs: 0, class: timed });
  step(job, { type: "tasksAdded", nowMs: 0, count: 2, class: 1 });
  step(job, { type: "tasksAdded", nowMs: 0, count: 1, class: 2 });
  // Class 2 begins with task 3 and knows no runtime; task 2 may take twice as long as task 1 did.
  step(job, { type: "attemptEnded", nowMs: 1000, task: 1, attempt: 1, exitCode: 0, signal: 0 });
  const stopped = step(job, { type: "timerFired", nowMs: 100_000 }).flatMap((effect) =>
    effect.type === "signalAttempt" ? [effect.task] : [],
  );
  assert.deepEqual(stopped, [2]);
});
