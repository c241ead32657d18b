import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POLICY } from "./policy.ts";
import { createJob, step } from "./step.ts";
import { codeOf, isEnded, nextState, TASK_STATES, TRANSITIONS, type Verb } from "./transitions.ts";

const verbs = Object.keys(TRANSITIONS) as Verb[];

test("waiting is 0, and nothing follows an outcome", () => {
  assert.equal(codeOf("waiting"), 0);
  for (const state of TASK_STATES) {
    const isLast = verbs.every((verb) => nextState(state, verb) === undefined);
    assert.equal(isEnded(codeOf(state)), isLast, state);
  }
});

test("every state can be reached", () => {
  const reached = new Set<string>(["waiting"]);
  for (const row of Object.values(TRANSITIONS)) for (const to of Object.values(row)) reached.add(to);
  assert.deepEqual(
    [...TASK_STATES].filter((state) => !reached.has(state)),
    [],
  );
});

test("an illegal event throws with the story of the task", () => {
  const job = createJob({ ...DEFAULT_POLICY, tries: 2 });
  step(job, { type: "slotsChanged", nowMs: 0, slots: 1, depth: 1 });
  step(job, { type: "tasksAdded", nowMs: 0, count: 2 });
  const end = { type: "attemptEnded", nowMs: 5, task: 1, attempt: 1, exitCode: 0, signal: 0 } as const;
  step(job, end);
  assert.throws(() => step(job, end), /task 1: .*succeeded.*2 tasks added, now 5 ms/s);
  assert.throws(() => step(job, { ...end, task: 2, attempt: 7 }), /attempt 7 was never given out/);
  assert.throws(
    () => step(job, { type: "attemptSkipped", nowMs: 6, task: 1 }),
    /cannot skip a task that is succeeded/,
  );
  assert.throws(() => step(job, { type: "resumed", nowMs: 6, from: 2, to: 2 }), /cannot resume .* running/);
  assert.throws(
    () => step(job, { type: "attemptReturned", nowMs: 6, task: 2, attempt: 1 }),
    /cannot returned/,
  );
});

test("tasks cannot be added after the end of the input", () => {
  const job = createJob(DEFAULT_POLICY);
  step(job, { type: "inputClosed", nowMs: 0 });
  assert.throws(() => step(job, { type: "tasksAdded", nowMs: 0, count: 1 }), /after the input was closed/);
});
