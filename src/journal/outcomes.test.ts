import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readJob } from "./job-view.ts";
import { outcomeIn, outcomesOf, rangesOf, runsOf, taskCount } from "./outcomes.ts";
import { decodeRecord, encodeRecord, type OutcomesRecord } from "./records.ts";
import { summarizer } from "./summary.ts";
import { taskSet } from "./task-set.ts";
import { aJournal, anOutcome } from "./testing.ts";

/** Task numbers in order, each once. */
const sorted = fc
  .uniqueArray(fc.integer({ min: 1, max: 300 }), { minLength: 1 })
  .map((tasks) => tasks.sort((one, other) => one - other));

function record(tasks: readonly number[], more: Partial<OutcomesRecord> = {}): OutcomesRecord {
  return { type: "outcomes", ...runsOf(tasks), startMs: 10, endMs: 20, command: "add(…)", ...more };
}

test("runs say which tasks are meant, in turns with those that are not", () => {
  assert.deepEqual(runsOf([7, 8, 9, 11, 12]), { from: 7, runs: [3, 1, 2] });
  assert.deepEqual(
    [...rangesOf({ from: 7, runs: [3, 1, 2] })],
    [
      { first: 7, count: 3 },
      { first: 11, count: 2 },
    ],
  );
  assert.deepEqual(runsOf([1_000_000]), { from: 1_000_000, runs: [1] });
});

test("whatever tasks a record holds, it says them again, through the journal's own line", () => {
  fc.assert(
    fc.property(sorted, (tasks) => {
      const back = decodeRecord(encodeRecord(record(tasks)).trimEnd()) as OutcomesRecord;
      assert.equal(taskCount(back), tasks.length);
      assert.deepEqual(
        [...outcomesOf(back)].map(({ task }) => task),
        tasks,
      );
      for (let task = 0; task <= 301; task++) {
        assert.equal(outcomeIn(back, task)?.task, tasks.includes(task) ? task : undefined);
      }
    }),
  );
});

test("ranges in a set of tasks are as if each was added alone", () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 60 }));
  fc.assert(
    fc.property(fc.array(range), (ranges) => {
      const set = taskSet();
      const twin = new Set<number>();
      for (const [first, count] of ranges) {
        const before = twin.size;
        for (let task = first; task < first + count; task++) twin.add(task);
        assert.equal(set.addRange(first, count), twin.size - before);
      }
      assert.deepEqual(
        [...set.values()],
        [...twin].sort((one, other) => one - other),
      );
      assert.equal(set.size, twin.size);
    }),
  );
});

test("a task has one outcome: what a later record says of it does not count", () => {
  const { summary, add } = summarizer();
  add({ type: "outcome", ...anOutcome(2, { outcome: "failed" }) });
  add(record([1, 2, 3]));
  add(record([3, 4]));
  assert.deepEqual(
    { ...summary.counts },
    { succeeded: 3, failed: 1, "timed-out": 0, cancelled: 0, skipped: 0 },
  );
  assert.deepEqual([...summary.done.values()], [1, 2, 3, 4]);
  assert.deepEqual([...summary.failed.values()], [2]);
});

test("100,000 short tasks take little room in a journal, and are all there when it is read", () => {
  const { journal } = aJournal();
  const tasks = Array.from({ length: 100_000 }, (_, index) => index + 1);
  journal.outcomes(record(tasks));
  journal.total(tasks.length);
  journal.finish(0);
  const view = readJob(journal.directory)!;
  assert.equal(view.summary.counts.succeeded, 100_000);
  assert.equal(view.summary.finished?.counts.succeeded, 100_000);
  assert.ok(view.journalBytes < 1000, `${view.journalBytes} bytes`);
});
