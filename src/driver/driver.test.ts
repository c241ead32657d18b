import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedJob, scriptedKind, tasksOf } from "./testing.ts";

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("tasks run in order, a failed one counts, and the end of one is told before the start of the next", async () => {
  const { driver, kind } = scriptedJob();
  for (const task of tasksOf(kind, 3)) driver.add(task);
  driver.closeInput();
  driver.setSlots(0, { slots: 2, depth: 1 });
  kind.end();
  kind.end(7);
  kind.end();
  assert.deepEqual(kind.log, [
    "start 1.1 slot 1",
    "start 2.1 slot 2",
    "end 1 0 succeeded",
    "start 3.1 slot 1",
    "end 2 7 failed",
    "end 3 0 succeeded",
  ]);
  assert.equal((await driver.done).failed, 1);
});

test("of ends that came together each is told, and then what starts in their place", async () => {
  const { driver, kind } = scriptedJob();
  for (const task of tasksOf(kind, 7)) driver.add(task);
  driver.closeInput();
  driver.setSlots(0, { slots: 2, depth: 3 });
  const [first] = kind.running;
  kind.endTogether(1);
  kind.log.length = 0;
  kind.endTogether(5);
  assert.deepEqual(kind.log, [
    "end 2 0 succeeded",
    "end 3 0 succeeded",
    "end 4 0 succeeded",
    "end 5 0 succeeded",
    "end 6 0 succeeded",
  ]);
  // One that is over already counts for nothing, wherever it stands.
  driver.endedTogether(
    [...kind.running, first!].map((attempt) => ({ attempt, end: { startMs: 0, endMs: 1 } })),
  );
  assert.equal((await driver.done).unfinished, 0);
});

test("a retry is another attempt of the same task, whose first end has no outcome", async () => {
  const { driver, kind } = scriptedJob({ tries: 2 });
  for (const task of tasksOf(kind, 1)) driver.add(task);
  driver.closeInput();
  driver.setSlots(0, { slots: 1, depth: 1 });
  kind.end(1);
  kind.end(0);
  assert.deepEqual(kind.log, ["start 1.1 slot 1", "end 1 1 again", "start 1.2 slot 1", "end 1 0 succeeded"]);
  assert.equal((await driver.done).succeeded, 1);
});

test("an attempt that is over or has come back means nothing when it is told of again", async () => {
  const { driver, kind } = scriptedJob();
  for (const task of tasksOf(kind, 1)) driver.add(task);
  driver.closeInput();
  driver.setSlots(0, { slots: 1, depth: 1 });
  const [attempt] = kind.running;
  kind.end();
  driver.ended(attempt!, { startMs: 0, endMs: 1 });
  driver.returned(attempt!);
  assert.equal((await driver.done).succeeded, 1);
  assert.equal(kind.log.filter((line) => line.startsWith("end")).length, 1);
});

test("tasks that were added start at the end of the turn, or when they are admitted", async () => {
  const { driver, kind } = scriptedJob();
  driver.setSlots(0, { slots: 4, depth: 1 });
  const [first, second] = tasksOf(kind, 2);
  driver.add(first!);
  assert.deepEqual(kind.log, []);
  await soon();
  assert.deepEqual(kind.log, ["start 1.1 slot 1"]);
  driver.add(second!);
  driver.admit();
  assert.deepEqual(kind.log, ["start 1.1 slot 1", "start 2.1 slot 2"]);
});

test("one task is cancelled, and the others go on; one that was added in this turn is known by then", async () => {
  const { driver, kind } = scriptedJob();
  driver.setSlots(0, { slots: 1, depth: 1 });
  for (const task of tasksOf(kind, 3)) driver.add(task);
  driver.cancel(2);
  driver.closeInput();
  kind.end();
  kind.end();
  assert.deepEqual(kind.log, [
    "start 1.1 slot 1",
    "settled 2 cancelled",
    "end 1 0 succeeded",
    "start 3.1 slot 1",
    "end 3 0 succeeded",
  ]);
  assert.equal((await driver.done).cancelled, 1);
});

test("what was done elsewhere takes no slot, and is settled once", async () => {
  const { driver, kind } = scriptedJob();
  const waiting = { ...kind, inputs: () => "missing" as const };
  for (const task of tasksOf(waiting, 1)) driver.add(task);
  driver.closeInput();
  driver.setSlots(0, { slots: 1, depth: 1 });
  driver.doneElsewhere(1, true);
  driver.doneElsewhere(1, false);
  assert.deepEqual(kind.log, ["settled 1 succeeded"]);
  assert.equal((await driver.done).succeeded, 1);
});

test("a task whose input has failed by the time when the scheduler hears of it is skipped", async () => {
  const { driver, kind } = scriptedJob();
  let inputs: "missing" | "failed" = "missing";
  const waiting = { ...kind, inputs: () => inputs };
  for (const task of tasksOf(waiting, 1)) driver.add(task);
  inputs = "failed";
  driver.failInput(1);
  driver.closeInput();
  driver.setSlots(0, { slots: 1, depth: 1 });
  assert.deepEqual(kind.log, ["settled 1 skipped"]);
  assert.equal((await driver.done).skipped, 1);
});

test("what is left out gives an outcome without an attempt, and the job goes on", async () => {
  const { driver, kind } = scriptedJob();
  for (const task of tasksOf(kind, 14)) driver.add(task);
  driver.closeInput();
  driver.setSlots(0, { slots: 20, depth: 1 });
  while (kind.running.length > 0) kind.end();
  assert.ok(kind.log.includes("settled 13 skipped"));
  assert.equal((await driver.done).skipped, 1);
});

test("drain lets what runs end and starts nothing more; cancel stops it", async () => {
  const { driver, kind } = scriptedJob();
  for (const task of tasksOf(kind, 5)) driver.add(task);
  driver.admit();
  driver.setSlots(0, { slots: 1, depth: 1 });
  driver.drain();
  driver.cancel();
  assert.ok(kind.log.includes("stop 1"));
  kind.end(143);
  assert.equal((await driver.done).unfinished, 4);
});

test("attempts that wait in a slot come back when the job stops", async () => {
  const { driver, kind } = scriptedJob();
  for (const task of tasksOf(kind, 3)) driver.add(task);
  driver.closeInput();
  driver.setSlots(0, { slots: 1, depth: 3 });
  assert.equal(kind.running.length, 3);
  driver.drain();
  assert.deepEqual(kind.log.slice(3).sort(), ["returned 2", "returned 3"]);
  kind.end();
  assert.equal((await driver.done).unfinished, 2);
});

test("what a kind throws breaks the job, and whoever waits for it hears of it", async () => {
  const { driver, kind } = scriptedJob();
  const broken = {
    ...kind,
    render: () => {
      throw new Error("no such template");
    },
  };
  for (const task of tasksOf(broken, 1)) driver.add(task);
  driver.setSlots(0, { slots: 1, depth: 1 });
  await assert.rejects(driver.done, /no such template/);
});

test("the clock stands still while the job is stopped", async () => {
  const { driver, kind } = scriptedJob({ timeout: { type: "fixed", timeoutMs: 60_000 } });
  for (const task of tasksOf(kind, 1)) driver.add(task);
  driver.admit();
  driver.setSlots(0, { slots: 1, depth: 1 });
  driver.wasStopped(3_600_000);
  assert.deepEqual(kind.log, ["start 1.1 slot 1"]);
  assert.equal(driver.stoppedMs, 3_600_000);
  driver.cancel();
  kind.end(1);
  await driver.done;
});

test("tasks of several kinds share one order and one set of slots, where each waits for those before it", async () => {
  const log: string[] = [];
  const { driver } = scriptedJob();
  const letters = scriptedKind(() => driver, "letter", log);
  const digits = scriptedKind(() => driver, "digit", log);
  // Two letters, two digits, a letter: all in one slot, one behind the other.
  for (const [index, kind] of [letters, letters, digits, digits, letters].entries())
    driver.add({ seq: index + 1, kind, class: 0 });
  driver.closeInput();
  driver.setSlots(0, { slots: 1, depth: 5 });
  // A launcher keeps the order of its own kind; the others are held back.
  assert.deepEqual(log.splice(0), ["start 1.1 slot 1", "start 2.1 slot 1"]);
  letters.end();
  assert.deepEqual(log.splice(0), ["end 1 0 succeeded"]);
  letters.end();
  assert.deepEqual(log.splice(0), ["end 2 0 succeeded", "start 3.1 slot 1", "start 4.1 slot 1"]);
  digits.end();
  digits.end();
  assert.deepEqual(log.splice(0), ["end 3 0 succeeded", "end 4 0 succeeded", "start 5.1 slot 1"]);
  letters.end();
  assert.equal((await driver.done).succeeded, 5);
});

test("an attempt that is held back behind another kind comes back without its kind having heard of it", async () => {
  const log: string[] = [];
  const { driver } = scriptedJob();
  const letters = scriptedKind(() => driver, "letter", log);
  const digits = scriptedKind(() => driver, "digit", log);
  driver.add({ seq: 1, kind: letters, class: 0 });
  driver.add({ seq: 2, kind: digits, class: 0 });
  driver.closeInput();
  driver.setSlots(0, { slots: 1, depth: 2 });
  driver.drain();
  letters.end();
  assert.deepEqual(log, ["start 1.1 slot 1", "returned 2", "end 1 0 succeeded"]);
  assert.equal((await driver.done).unfinished, 1);
});
