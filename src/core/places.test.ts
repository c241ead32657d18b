import assert from "node:assert/strict";
import { test } from "node:test";
import { checkInvariants } from "./invariants.ts";
import { DEFAULT_POLICY, type JobPolicy } from "./policy.ts";
import { createJob, type JobState, step } from "./step.ts";

const threeTries: JobPolicy = { ...DEFAULT_POLICY, tries: 3 };

test("a slot does not move to another place, whether it was closed meanwhile or not", () => {
  const job = createJob(DEFAULT_POLICY);
  givePlaces(job, [1, 2]);
  givePlaces(job, [1, 0]);
  assert.throws(() => givePlaces(job, [1, 1]), /slot 2 of place 2 cannot move to place 1/);
});

test("slots that were told no places are in place 1", () => {
  const job = createJob(DEFAULT_POLICY);
  step(job, { type: "slotsChanged", nowMs: 0, slots: 1, depth: 1 });
  givePlaces(job, [1, 2]);
  assert.throws(() => step(job, { type: "slotsChanged", nowMs: 0, slots: 2, depth: 1 }), /cannot move/);
});

test("each slot has a place", () => {
  const job = createJob(DEFAULT_POLICY);
  assert.throws(
    () => step(job, { type: "slotsChanged", nowMs: 0, slots: 3, depth: 1, places: [1, 2] }),
    /3 slots were given places for 2/,
  );
});

test("starts are spread in proportion to the slots that places have", () => {
  const job = createJob(DEFAULT_POLICY);
  const places = [...Array(4).fill(1), ...Array(8).fill(2), ...Array(16).fill(3)];
  givePlaces(job, places);
  const used = [0, 0, 0];
  for (const slot of starts(job, { type: "tasksAdded", nowMs: 0, count: 14 })) used[places[slot - 1]! - 1]!++;
  assert.deepEqual(used, [2, 4, 8]);
});

test("where tasks have failed is forgotten with their outcome, and so are the lanes in which they waited", () => {
  const job = createJob(threeTries);
  givePlaces(job, [1, 2, 3]);
  step(job, { type: "tasksAdded", nowMs: 0, count: 500 });
  step(job, { type: "inputClosed", nowMs: 0 });
  // Every attempt fails.
  while (!job.ended) {
    for (const task of [...job.slotOf.keys()]) {
      const attempt = (job.table.segments[0]?.attempts ?? [])[task]!;
      step(job, { type: "attemptEnded", nowMs: 0, task, attempt, exitCode: 1, signal: 0 });
      checkInvariants(job);
      assert.ok(job.failedAt.size <= 6, `${job.failedAt.size} are remembered`);
    }
  }
  assert.equal(job.failedAt.size, 0);
  step(job, { type: "timerFired", nowMs: 1 });
  assert.equal(job.turns.order.length, 1);
});

test("a place where everything fails at once costs the others nothing but what waits for them", () => {
  const job = createJob(threeTries);
  givePlaces(job, [1, 2]);
  step(job, { type: "tasksAdded", nowMs: 0, count: 20_000 });
  // Slot 2 is busy with task 2 all the time.
  for (let task = 1; task < 20_000; task += task === 1 ? 2 : 1) {
    step(job, { type: "attemptEnded", nowMs: task, task, attempt: 1, exitCode: 1, signal: 0 });
  }
  const sets = new Set(job.failedAt.values());
  assert.equal(job.failedAt.size, 19_998);
  assert.equal(sets.size, 1, "they share what is known of them");
  assert.equal(job.turns.order.length, 2);
  assert.deepEqual(
    starts(job, { type: "attemptEnded", nowMs: 1, task: 2, attempt: 1, exitCode: 0, signal: 0 }),
    [2],
    "the first of them goes where it has not failed",
  );
  checkInvariants(job);
});

function givePlaces(job: JobState, places: readonly number[]): void {
  step(job, { type: "slotsChanged", nowMs: 0, slots: places.length, depth: 1, places });
}

/** The slots of the attempts that start. */
function starts(job: JobState, event: Parameters<typeof step>[1]): number[] {
  return step(job, event).flatMap((effect) => (effect.type === "startAttempt" ? [effect.slot] : []));
}
