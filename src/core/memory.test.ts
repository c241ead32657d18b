import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POLICY } from "./policy.ts";
import { createJob, step } from "./step.ts";
import { SEGMENT_TASKS, tableBytes } from "./task-table.ts";

const TASKS = 10_000_000;
const BYTES_PER_TASK_MAX = 16;

test("10,000,000 waiting tasks cost nothing", () => {
  const job = createJob(DEFAULT_POLICY);
  step(job, { type: "slotsChanged", nowMs: 0, slots: 4, depth: 2 });
  step(job, { type: "tasksAdded", nowMs: 0, count: TASKS });
  assert.equal(tableBytes(job.table), 2 * SEGMENT_TASKS + 8);
});

test("10,000,000 tasks at the worst: ended but for one in each segment", () => {
  const before = process.memoryUsage();
  const job = createJob(DEFAULT_POLICY);
  for (let from = 1; from < TASKS; from += SEGMENT_TASKS) {
    step(job, { type: "resumed", nowMs: 0, from, to: Math.min(TASKS, from + SEGMENT_TASKS - 2) });
  }
  step(job, { type: "tasksAdded", nowMs: 0, count: TASKS });
  const after = process.memoryUsage();
  const bytes = after.arrayBuffers - before.arrayBuffers;
  assert.ok(bytes >= tableBytes(job.table) * 0.99, "the table's own count is honest");
  assert.ok(bytes <= BYTES_PER_TASK_MAX * TASKS, `${bytes / TASKS} bytes a task`);
});

test("an endless input costs a window", () => {
  const job = createJob(DEFAULT_POLICY);
  step(job, { type: "slotsChanged", nowMs: 0, slots: 1, depth: 1 });
  for (let task = 1; task <= 20 * SEGMENT_TASKS; task++) {
    step(job, { type: "tasksAdded", nowMs: task, count: 1 });
    step(job, { type: "attemptEnded", nowMs: task, task, attempt: 1, exitCode: 0, signal: 0 });
    assert.ok(tableBytes(job.table) < 3 * SEGMENT_TASKS);
  }
});
