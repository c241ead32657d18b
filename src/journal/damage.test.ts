import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cutsOf, flipsOf, tailsOf } from "../seal/testing.ts";
import { readBrief } from "./brief.ts";
import { readJob } from "./job-view.ts";
import { locateOutput } from "./kept-output.ts";
import type { OutcomeRecord } from "./records.ts";
import { resumeJob } from "./resume.ts";
import { scanJournal } from "./scan.ts";
import { readStatus } from "./status.ts";
import { aJournal, anOutcome, scratch, text } from "./testing.ts";

/** A job of four tasks, with a failure among them, which has ended unless it was killed. */
function aJob(isKilled = false): { directory: string; options: ReturnType<typeof aJournal>["options"] } {
  const { journal, options } = aJournal();
  journal.slot(1, process.pid);
  for (const task of [1, 2, 3, 4]) {
    const failed = task === 2;
    journal.outcome(anOutcome(task, failed ? { outcome: "failed", exitCode: 1, command: "\xff" } : {}), {
      stdout: text(`${task}\n`),
    });
    journal.showing(task, true);
    journal.flush();
    journal.shown(task);
    journal.confirm();
  }
  journal.total(4);
  journal.status(() => ({ slots: 1, running: [] }));
  journal.flush();
  if (isKilled) for (const name of driverClaims(journal.directory)) rmSync(join(journal.directory, name));
  else journal.finish(1);
  return { directory: journal.directory, options };
}

function driverClaims(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.startsWith("driver@"));
}

function outcomesOf(directory: string): Map<number, OutcomeRecord> {
  const outcomes = new Map<number, OutcomeRecord>();
  scanJournal(directory, (record) => void (record.type === "outcome" && outcomes.set(record.task, record)));
  return outcomes;
}

for (const isKilled of [false, true]) {
  test(`no flip in the journal of a job that ${isKilled ? "was killed" : "has ended"} lets a task run again in silence, or have another outcome`, () => {
    const { directory, options } = aJob(isKilled);
    const path = join(directory, "journal.jsonl");
    const whole = readFileSync(path);
    const before = outcomesOf(directory);
    for (const { what, bytes } of flipsOf(whole)) {
      writeFileSync(path, bytes);
      for (const [task, outcome] of outcomesOf(directory)) assert.deepEqual(outcome, before.get(task), what);
      const view = readJob(directory);
      assert.ok(view !== undefined && view.summary.damaged.length > 0, what);
      assert.ok(readBrief(directory), what);
      // In lines, since one may be made two: a newline is a flip, too.
      const message = new RegExp(
        `lines? \\d+.* of ${path} (is|are) damaged: how some tasks ended is not known`,
      );
      assert.throws(() => resumeJob(options, directory), { code: "JOURNAL", message }, what);
      assert.deepEqual(driverClaims(directory), [], "the job is free for whoever comes next");
    }
  });
}

test("whoever goes on with a damaged journal runs what has no known outcome; it is asked once, but for new damage", () => {
  const { directory, options } = aJob();
  const path = join(directory, "journal.jsonl");
  const whole = readFileSync(path);
  const line = whole.indexOf('"task":3');
  const damaged = Buffer.from(whole).fill("x", line, line + 1);
  const cut = damaged.subarray(0, -1);
  for (const bytes of [damaged, cut, Buffer.concat([cut, Buffer.from("x")])]) {
    writeFileSync(path, bytes);
    const first = resumeJob(options, directory, { damaged: "accept" });
    assert.deepEqual([1, 2, 3, 4, 5].map(first.done), [true, true, false, true, false]);
    first.journal.outcome(anOutcome(3));
    first.journal.finish(1);
    const view = readJob(directory)!;
    assert.deepEqual(view.summary.damaged, []);
    assert.deepEqual(view.summary.counts, { ...view.summary.counts, succeeded: 3, failed: 1 });
    const again = readFileSync(path);
    again[again.indexOf('"task":4') + 1]! ^= 1;
    writeFileSync(path, again);
    assert.throws(() => resumeJob(options, directory, { again: "failed" }), /line \d+ of .* is damaged/);
  }
});

test("cancelling a job with a damaged journal does not hide the damage", () => {
  const { directory, options } = aJob(true);
  const path = join(directory, "journal.jsonl");
  const whole = readFileSync(path);
  // The end of the last line, too.
  for (const at of [whole.indexOf('"task":3'), whole.length - 1]) {
    writeFileSync(path, Buffer.from(whole).fill("x", at, at + 1));
    resumeJob(options, directory, { damaged: "leave" }).journal.finish(255, true);
    assert.equal(readJob(directory)?.state, "cancelled");
    assert.throws(() => resumeJob(options, directory), /is damaged/);
  }
});

test("what was shown is known by name where an announcement is lost, and nothing is left out", () => {
  const { journal, options } = aJournal();
  for (const task of [1, 2, 3]) {
    journal.outcome(anOutcome(task), { stdout: text(`${task}\n`) });
    journal.showing(task, true);
  }
  journal.flush();
  journal.shown(1);
  journal.shown(2);
  journal.confirm();
  journal.flush();
  for (const name of driverClaims(journal.directory)) rmSync(join(journal.directory, name));
  const path = join(journal.directory, "journal.jsonl");
  const whole = readFileSync(path);
  writeFileSync(path, Buffer.from(whole).fill("x", 5, 6));
  const resumed = resumeJob(options, journal.directory, { damaged: "accept" });
  assert.deepEqual(resumed.pending, [3], "of three announced the first is lost, and two are out: one is not");
  resumed.journal.finish(0);
});

test("a journal of a version without seals is read, and gone on with; what is no record is damage there too", () => {
  const { directory, options } = aJob(true);
  const path = join(directory, "journal.jsonl");
  const unsealed = (file: string): string =>
    readFileSync(file, "latin1").replaceAll(/,"crc":"\w{8}"\}\n/g, "}\n");
  const request = join(directory, "request.json");
  writeFileSync(request, unsealed(request).replace('"format":2', '"format":1'), "latin1");
  const old = unsealed(path);
  writeFileSync(path, old, "latin1");
  const resumed = resumeJob(options, directory);
  assert.deepEqual([1, 2, 3, 4, 5].map(resumed.done), [true, true, true, true, false]);
  resumed.journal.finish(1);
  assert.equal(readJob(directory)?.state, "failed");
  for (const wrong of [
    "{",
    "null",
    '{"type":"outcome","task":-1}',
    '{"type":"outcomes"}',
    '{"type":7}',
    "[]",
  ]) {
    writeFileSync(path, `${old.slice(0, old.indexOf("\n"))}\n${wrong}\n${old}`, "latin1");
    assert.throws(() => resumeJob(options, directory), /line 2 of .* is damaged/, wrong);
  }
  writeFileSync(request, unsealed(request).replace('"format":1', '"format":2'), "latin1");
  assert.equal(readJob(directory), undefined, "whoever seals requests seals all of them");
});

test("a damaged request is no job, and no damaged status is believed", () => {
  const { directory } = aJob(true);
  const readers = { "request.json": () => readJob(directory), "status.json": () => readStatus(directory) };
  for (const [name, read] of Object.entries(readers)) {
    const path = join(directory, name);
    const whole = readFileSync(path);
    assert.ok(read() !== undefined);
    for (const damages of [flipsOf(whole), cutsOf(whole), tailsOf(whole)]) {
      for (const { what, bytes } of damages) {
        writeFileSync(path, bytes);
        assert.equal(read(), undefined, `${name}: ${what}`);
      }
    }
    writeFileSync(path, whole);
  }
});

test("a request of an old version with what no request has is damaged", () => {
  const { directory } = aJob();
  const request = join(directory, "request.json");
  const { crc: _, ...sealed } = JSON.parse(readFileSync(request, "latin1")) as Record<string, unknown>;
  const old = { ...sealed, format: 1 };
  const put = (json: unknown): void => writeFileSync(request, `${JSON.stringify(json)}\n`);
  put(old);
  assert.ok(readBrief(directory));
  const wrongs = [
    { startedMs: 1e300 },
    { startedMs: "now" },
    { argv: [7] },
    { cwd: null },
    { env: 1 },
    { stdin: 0 },
  ];
  for (const wrong of wrongs) {
    put({ ...old, ...wrong });
    assert.equal(readBrief(directory), undefined, JSON.stringify(wrong));
  }
});

test("kept output is what was kept, or damaged", () => {
  const { directory } = aJob();
  const copy = join(scratch(), "copy");
  cpSync(directory, copy, { recursive: true });
  const path = join(copy, "output");
  const whole = readFileSync(path);
  const outcomes = [...outcomesOf(copy).values()];
  for (const damages of [flipsOf(whole), cutsOf(whole)]) {
    for (const { what, bytes } of damages) {
      writeFileSync(path, bytes);
      assert.ok(
        outcomes.some(({ stdout }) => locateOutput(copy, stdout!) === "damaged"),
        what,
      );
    }
  }
});
