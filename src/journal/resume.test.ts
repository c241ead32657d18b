import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { emission } from "./emission.ts";
import { readJob } from "./job-view.ts";
import { noOutcomes } from "./records.ts";
import { resumeJob } from "./resume.ts";
import { aJournal, anOutcome, scratch, text } from "./testing.ts";

/** What a crash leaves: the claim of a driver that is gone. */
function crash(directory: string): void {
  for (const name of readdirSync(directory)) if (name.startsWith("driver@")) rmSync(join(directory, name));
}

test("while its driver lives, a job cannot be taken", () => {
  const { journal, options } = aJournal();
  assert.throws(() => resumeJob(options, journal.directory), /is running/);
  journal.finish(1);
  resumeJob(options, journal.directory).journal.finish(0);
});

test("the failed tasks run again when asked to, and have one outcome in the end", () => {
  const { journal, options } = aJournal();
  journal.outcome(anOutcome(1));
  journal.outcome(anOutcome(2, { outcome: "failed", exitCode: 1 }));
  journal.outcome(anOutcome(3, { outcome: "timed-out", signal: 15 }));
  journal.finish(2);
  const resumed = resumeJob(options, journal.directory, { again: "failed" });
  assert.deepEqual([1, 2, 3, 4].map(resumed.done), [true, false, false, false]);
  resumed.journal.outcome(anOutcome(3, { attempt: 2 }));
  resumed.journal.finish(0);
  const view = readJob(journal.directory);
  assert.deepEqual(view?.summary.counts, {
    succeeded: 2,
    failed: 0,
    "timed-out": 0,
    cancelled: 0,
    skipped: 0,
  });
  assert.deepEqual([...(view?.summary.done.values() ?? [])], [1, 3]);
});

test("attempts are numbered through, those that nobody saw end among them", () => {
  const { journal, options } = aJournal();
  const scratchOf = join(journal.attemptsDirectory, "4711");
  mkdirSync(scratchOf, { recursive: true });
  const begun = (task: number): void => writeFileSync(join(scratchOf, `${task}.${task + 10}.err`), "");
  journal.outcome(anOutcome(1));
  journal.outcome(anOutcome(2, { attempt: 3, outcome: "failed", exitCode: 1 }));
  journal.outcome(anOutcome(3, { outcome: "failed", exitCode: 1 }));
  journal.retry({ ...anOutcome(4), reason: "failed" });
  for (const task of [1, 4, 5]) begun(task);
  // Taken back before it began: its output was made so that nobody else could.
  writeFileSync(join(scratchOf, "6.16.out"), "");
  journal.flush();
  crash(journal.directory);
  const resumed = resumeJob(options, journal.directory, { again: "failed" });
  resumed.takeStock();
  const before = { 1: 0, 2: 3, 3: 1, 4: 2, 5: 1, 6: 0 };
  for (const [task, count] of Object.entries(before)) {
    assert.equal(resumed.attemptsBefore(Number(task)), count, `task ${task}`);
  }
  assert.ok(!existsSync(scratchOf));
  crash(journal.directory);
  const again = resumeJob(options, journal.directory);
  again.takeStock();
  assert.deepEqual([2, 3, 4, 5].map(again.attemptsBefore), [3, 1, 2, 1], "the next driver knows it too");
  again.journal.finish(0);
});

test("held outputs, and announced ones that were not confirmed, are shown by the next driver", () => {
  const { journal, options } = aJournal();
  journal.outcome(anOutcome(2), { stdout: text("two\n") });
  journal.outcome(anOutcome(3), { stdout: text("three\n") });
  journal.outcome(anOutcome(1), { stdout: text("one\n") });
  journal.showing(1, true);
  journal.flush();
  journal.shown(1);
  journal.confirm();
  journal.showing(2, true);
  journal.flush();
  const copy = join(scratch(), "yonder", "jobs", journal.id);
  cpSync(journal.directory, copy, { recursive: true });
  crash(copy);
  const resumed = resumeJob(options, copy);
  assert.deepEqual(resumed.pending, [2]);
  assert.deepEqual(resumed.held, [3]);
  assert.equal(resumed.outcomeOf(3)?.command, "echo 3");
  assert.equal(resumed.outcomeOf(2)?.stdout?.bytes, 4);
  // It crashes too, before it has shown anything: the next one must do the same.
  resumed.journal.flush();
  crash(copy);
  const again = resumeJob(options, copy);
  assert.deepEqual(again.pending, [2]);
  again.journal.showing(2, true);
  again.journal.showing(3, true);
  again.journal.flush();
  again.journal.shown(2);
  again.journal.shown(3);
  again.journal.confirm();
  again.journal.finish(0);
  const last = resumeJob(options, copy);
  assert.deepEqual(last.pending, []);
  assert.deepEqual(last.held, []);
  last.journal.finish(0);
});

test("of a regular file, it is known how much of the pending outputs is there", () => {
  const at = (startBytes: number) => ({ dev: 1, ino: 2, startBytes });
  const other = { dev: 1, ino: 3, startBytes: 7 };
  const shown = emission(at(100), other);
  shown.add({ type: "showing", task: 1 }, 0);
  shown.add({ type: "showing", task: 2 }, 0);
  shown.add({ type: "shown", count: 1, sizes: [110, 9] }, 0);
  shown.add({ type: "showing", task: 3 }, 0);
  shown.add({ type: "note", at: 11, bytes: 30 }, 0);
  assert.deepEqual(shown.pending, [2, 3]);
  const there = (stdoutBytes: number, stderrBytes: number): unknown => {
    const { stdout, stderr } = shown.thereBytes({
      stdout: at(stdoutBytes),
      stderr: { ...other, startBytes: stderrBytes },
    });
    return [stdout, stderr];
  };
  assert.deepEqual(there(110, 9), [0, 0]);
  assert.deepEqual(there(117, 43), [7, 4], "the driver's own notes are no output");
  assert.deepEqual(there(0, 0), [0, 0], "files that were emptied");
  assert.equal(shown.thereBytes({ stdout: other, stderr: other }).stdout, 0, "another file");
  // A driver that goes on and is killed as well.
  shown.add({ type: "resumed", atMs: 0, stdout: at(117), stderr: { ...other, startBytes: 43 } }, 0);
  shown.add({ type: "showing", task: 2 }, 0);
  assert.deepEqual(shown.pending, [2, 3]);
  assert.deepEqual(there(119, 44), [9, 5]);
});

test("with nothing pending, what others have written to the file since is none of ours", () => {
  const at = (startBytes: number) => ({ dev: 1, ino: 2, startBytes });
  const shown = emission(at(0), at(0));
  shown.add({ type: "showing", task: 1 }, 0);
  shown.add({ type: "shown", count: 1, sizes: [10, 10] }, 0);
  const { stdout, stderr } = shown.thereBytes({ stdout: at(13), stderr: at(13) });
  assert.deepEqual([stdout, stderr], [0, 0]);
});

test("a note on standard error that was announced is counted as far as it is there", () => {
  const at = (startBytes: number) => ({ dev: 1, ino: 2, startBytes });
  const shown = emission(at(0), at(0));
  const there = (sizeBytes: number): number =>
    shown.thereBytes({ stdout: at(sizeBytes), stderr: at(sizeBytes) }).stdout;
  shown.add({ type: "showing", task: 1 }, 0);
  shown.add({ type: "note", at: 10, bytes: 30 }, 0);
  assert.deepEqual([10, 11, 40, 45].map(there), [10, 10, 10, 15]);
  // Killed within the note; the next driver writes behind the half of it.
  shown.add({ type: "resumed", atMs: 0, stdout: at(25), stderr: at(25) }, 0);
  assert.deepEqual([25, 45].map(there), [10, 30]);
  shown.add({ type: "shown", count: 0, sizes: [30, 30] }, 0);
  assert.equal(there(33), 3);
});

test("with a queue that never empties, what has been written is confirmed all the same", () => {
  const { journal, options } = aJournal();
  for (const task of [1, 2, 3]) {
    journal.outcome(anOutcome(task), { stdout: text("x\n") });
    journal.showing(task, true);
  }
  journal.outcome(anOutcome(4));
  journal.showing(4, false);
  journal.flush();
  journal.shown(1);
  journal.shown(2);
  journal.confirm();
  journal.flush();
  crash(journal.directory);
  const resumed = resumeJob(options, journal.directory);
  assert.deepEqual(resumed.pending, [3]);
  resumed.journal.finish(0);
});

test("a task that runs again shows its new output only, and nobody counts on what a file has of the old one", () => {
  const file = { dev: 1, ino: 2, startBytes: 0 };
  const shown = emission(file, undefined);
  for (const task of [1, 2, 3]) shown.add({ type: "showing", task }, 0);
  shown.forget((task) => task === 1);
  assert.deepEqual(shown.pending, [2, 3]);
  const now = { stdout: { ...file, startBytes: 50 }, stderr: undefined };
  assert.equal(shown.thereBytes(now).stdout, 0);
  shown.add({ type: "shown", count: 3, sizes: [40, 0] }, 0);
  shown.add({ type: "showing", task: 4 }, 0);
  assert.equal(shown.thereBytes(now).stdout, 10, "once all is confirmed, a size says it again");
});

test("cut at any byte, the journal says what a naive reading says", () => {
  const { journal, options } = aJournal();
  for (let task = 1; task <= 6; task++) {
    const failed = task % 4 === 3;
    journal.outcome(anOutcome(task, failed ? { outcome: "failed", exitCode: 1, command: "\xff" } : {}), {
      stdout: text(`${task}\n`),
    });
    if (task % 3 !== 0) journal.showing(task, true);
    journal.flush();
    journal.shown(task);
    if (task % 2 === 0) journal.confirm();
  }
  journal.finish(3);
  const whole = readFileSync(join(journal.directory, "journal.jsonl"), "latin1");
  const copy = join(scratch(), journal.id);
  cpSync(journal.directory, copy, { recursive: true });
  for (let bytes = 0; bytes <= whole.length; bytes++) {
    writeFileSync(join(copy, "journal.jsonl"), whole, "latin1");
    truncateSync(join(copy, "journal.jsonl"), bytes);
    const lines = whole.slice(0, bytes).split("\n").slice(0, -1);
    const records = lines.map((line) => JSON.parse(line) as { type: string; task: number; held?: boolean });
    const done = records.filter(({ type }) => type === "outcome").map(({ task }) => task);
    const isFinished = records.some(({ type }) => type === "finished");
    assert.equal(readJob(copy)?.state, isFinished ? "failed" : "interrupted");
    const resumed = resumeJob(options, copy);
    assert.deepEqual([...resumed.summary.done.values()], done);
    assert.deepEqual(
      resumed.held,
      records.filter(({ held }) => held).map(({ task }) => task),
    );
    // What is written next must stand on a line of its own.
    resumed.journal.outcome(anOutcome(99));
    resumed.journal.finish(0);
    const after = readJob(copy);
    assert.equal(after?.state, "succeeded");
    assert.deepEqual([...after.summary.done.values()], [...done, 99]);
  }
});

test("of last words, it is known how much is there, until an output comes behind them", () => {
  const at = (startBytes: number) => ({ dev: 1, ino: 2, startBytes });
  const stderr = { dev: 1, ino: 3, startBytes: 0 };
  const other = { dev: 1, ino: 4, startBytes: 60 };
  const shown = emission(at(0), stderr);
  const closed = (stdout = at(0)): number => shown.closedBytes({ stdout, stderr });
  shown.add({ type: "showing", task: 1 }, 0);
  shown.add({ type: "shown", count: 1, sizes: [50, 0] }, 0);
  assert.equal(closed(at(60)), 0, "nobody has announced them");
  shown.add({ type: "closing", bytes: 12 }, 0);
  assert.deepEqual([40, 50, 55, 62, 70].map(at).map(closed), [0, 0, 5, Infinity, Infinity]);
  assert.equal(closed(other), 0, "another file");
  assert.equal(shown.thereBytes({ stdout: at(62), stderr }).stdout, 0, "they are no output");
  // A driver that goes on, and is killed before it has written the rest.
  shown.add({ type: "resumed", atMs: 0, stdout: at(55), stderr }, 0);
  assert.equal(closed(at(55)), 5);
  // The next one runs a task again, whose output comes behind what is there.
  shown.add({ type: "resumed", atMs: 0, stdout: at(55), stderr }, 0);
  shown.add({ type: "showing", task: 1 }, 0);
  assert.deepEqual([closed(at(58)), shown.thereBytes({ stdout: at(58), stderr }).stdout], [0, 3]);
});

test("last words of a job that was finished are out, and the next driver's are its own", () => {
  const at = (startBytes: number) => ({ dev: 1, ino: 2, startBytes });
  const shown = emission(at(0), undefined);
  shown.add({ type: "closing", bytes: 12 }, 0);
  shown.add({ type: "finished", exitCode: 1, atMs: 0, counts: noOutcomes() }, 0);
  shown.add({ type: "resumed", atMs: 0, stdout: at(12) }, 0);
  assert.equal(shown.closedBytes({ stdout: at(12), stderr: undefined }), 0);
});
