import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POLICY, NO_BACKOFF, plainClass } from "./policy.ts";
import { backoffMs, isRetried, nextRestEndMs } from "./retry.ts";
import { createJob, type JobState, step } from "./step.ts";

test("tries are counted with the first; 0 is without end", () => {
  assert.deepEqual(
    [1, 2, 3].map((attempts) => isRetried(3, attempts)),
    [true, true, false],
  );
  assert.ok(!isRetried(1, 1));
  assert.ok(isRetried(0, 1_000_000));
});

test("each rest is longer than the one before by a factor, up to the longest", () => {
  const rests = [1, 2, 3, 4].map((attempts) => backoffMs({ delayMs: 10, factor: 3, maxMs: 100 }, attempts));
  assert.deepEqual(rests, [10, 30, 90, 100]);
  assert.equal(backoffMs(NO_BACKOFF, 5), 0);
  assert.equal(backoffMs({ delayMs: 10, factor: 10, maxMs: 60_000 }, 1000), 60_000);
});

test("the shortest rest ends first, whatever began first", () => {
  const job = failedJob();
  assert.equal(nextRestEndMs(job), 30);
  assert.deepEqual(startsAt(job, 29), []);
  assert.deepEqual(startsAt(job, 30), [2]);
  assert.equal(nextRestEndMs(job), 50);
  assert.deepEqual(startsAt(job, 60), [1]);
  assert.equal(nextRestEndMs(job), Number.POSITIVE_INFINITY);
});

test("a task that is cancelled while it rests has its outcome with the attempts it had, and does not come back", () => {
  const job = failedJob();
  const effects = step(job, { type: "cancel", nowMs: 20, task: 2 });
  assert.deepEqual(
    effects.find(({ type }) => type === "recordOutcome"),
    {
      type: "recordOutcome",
      task: 2,
      attempts: 1,
      outcome: { type: "cancelled", by: "cancel", exitCode: 0, signal: 0 },
    },
  );
  assert.equal(nextRestEndMs(job), 50);
  assert.deepEqual(startsAt(job, 60), [1]);
});

/** Tasks 1 and 2 have failed at 10, and rest until 50 and 30. */
function failedJob(): JobState {
  const job = createJob(DEFAULT_POLICY);
  step(job, { type: "slotsChanged", nowMs: 0, slots: 2, depth: 1 });
  for (const [index, delayMs] of [40, 20].entries()) {
    const backoff = { delayMs, factor: 1, maxMs: delayMs };
    step(job, { type: "classAdded", nowMs: 0, class: { ...plainClass(DEFAULT_POLICY), tries: 2, backoff } });
    step(job, { type: "tasksAdded", nowMs: 0, count: 1, class: index + 1 });
  }
  for (const task of [1, 2])
    step(job, { type: "attemptEnded", nowMs: 10, task, attempt: 1, exitCode: 1, signal: 0 });
  return job;
}

function startsAt(job: JobState, nowMs: number): number[] {
  return step(job, { type: "timerFired", nowMs }).flatMap((effect) =>
    effect.type === "startAttempt" ? [effect.task] : [],
  );
}
