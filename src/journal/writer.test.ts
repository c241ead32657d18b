import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as nextBatch } from "node:timers/promises";
import { readJob } from "./job-view.ts";
import { locateOutput, readKept } from "./kept-output.ts";
import type { OutcomeRecord, OutputRef } from "./records.ts";
import { scanJournal } from "./scan.ts";
import { aJournal, anOutcome, scratch, text } from "./testing.ts";

function outcomes(directory: string): OutcomeRecord[] {
  const found: OutcomeRecord[] = [];
  scanJournal(directory, (record) => void (record.type === "outcome" && found.push(record)));
  return found;
}

function kept(directory: string, ref: OutputRef | undefined): string | undefined {
  const located = ref && locateOutput(directory, ref);
  return typeof located === "object" ? Buffer.concat([...readKept(located)]).toString("latin1") : undefined;
}

test("a job that ran to its end", () => {
  const { journal } = aJournal();
  journal.outcome(anOutcome(1), { stdout: text("one\n") });
  journal.showing(1, true);
  journal.outcome(anOutcome(2, { outcome: "failed", exitCode: 3 }), { stderr: text("no\n") });
  journal.showing(2, true);
  journal.total(2);
  assert.equal(readJob(journal.directory)?.state, "running");
  journal.finish(1);
  const view = readJob(journal.directory);
  assert.equal(view?.state, "failed");
  assert.deepEqual(view.summary.counts, {
    succeeded: 1,
    failed: 1,
    "timed-out": 0,
    cancelled: 0,
    skipped: 0,
  });
  assert.equal(view.summary.totalTasks, 2);
  assert.deepEqual(
    outcomes(journal.directory).map(({ stdout, stderr }) => [
      kept(journal.directory, stdout),
      kept(journal.directory, stderr),
    ]),
    [
      ["one\n", undefined],
      [undefined, "no\n"],
    ],
  );
});

test("records reach the file once per batch, without being asked", async () => {
  const { journal } = aJournal();
  journal.outcome(anOutcome(1));
  journal.outcome(anOutcome(2));
  assert.equal(outcomes(journal.directory).length, 0);
  await nextBatch();
  await nextBatch();
  assert.equal(outcomes(journal.directory).length, 2);
  journal.finish(0);
});

test("bytes come back as they were, and the file is UTF-8 all the same", () => {
  const { journal } = aJournal();
  const commands = ["echo caf\xc3\xa9", "echo \xff\xfe\n", "echo \u0000", `echo ${"\xc3\xa9".repeat(4000)}`];
  for (const [index, command] of commands.entries()) journal.outcome(anOutcome(index + 1, { command }));
  journal.finish(0);
  const found = outcomes(journal.directory).map(({ command }) => command);
  assert.deepEqual(found.slice(0, 3), commands.slice(0, 3));
  assert.equal(found[3], commands[3]!.slice(0, found[3]!.length));
  assert.ok(found[3]!.length > 4090 && found[3]!.length <= 4096);
  const file = readFileSync(join(journal.directory, "journal.jsonl"));
  assert.deepEqual(Buffer.from(file.toString("utf8")), file);
});

test("beyond the limit, output is held until it has been shown, then only counted", () => {
  const { journal } = aJournal({ keepBytes: 5 });
  const path = join(scratch(), "big");
  writeFileSync(path, "123456");
  journal.outcome(anOutcome(1), { stdout: text("123") });
  journal.outcome(anOutcome(2), { stdout: text("456") });
  journal.outcome(anOutcome(3), { stdout: { type: "file", path, sizeBytes: 6 } });
  journal.flush();
  const refs = (): (string | undefined)[] =>
    outcomes(journal.directory).map(({ stdout }) => kept(journal.directory, stdout));
  assert.deepEqual(refs(), ["123", undefined, "123456"]);
  journal.showing(3, true);
  journal.flush();
  assert.deepEqual(refs(), ["123", undefined, "123456"]);
  journal.shown(3);
  journal.confirm();
  assert.deepEqual(refs(), ["123", undefined, "123456"], "a crash now would show it again");
  journal.flush();
  assert.deepEqual(refs(), ["123", undefined, undefined]);
  assert.equal(outcomes(journal.directory)[2]?.stdout?.bytes, 6);
  assert.ok(existsSync(path), "the source is the caller's");
});

test("beyond the limit, bytes that nobody has seen are held too", () => {
  const { journal } = aJournal({ keepBytes: 0 });
  journal.outcome(anOutcome(1), { stdout: { ...text("seen"), isUnseen: false } });
  journal.outcome(anOutcome(2), { stdout: { ...text("unseen"), isUnseen: true } });
  journal.showing(2, true);
  journal.flush();
  const refs = (): (string | undefined)[] =>
    outcomes(journal.directory).map(({ stdout }) => kept(journal.directory, stdout));
  assert.deepEqual(refs(), [undefined, "unseen"]);
  journal.shown(2);
  journal.confirm();
  journal.flush();
  assert.deepEqual(refs(), [undefined, undefined]);
});

test("a state directory that cannot be made is one warning and no journal", () => {
  const blocked = scratch();
  writeFileSync(join(blocked, "yonder"), "a file in the way");
  const { journal, warnings } = aJournal({ env: { XDG_STATE_HOME: blocked } });
  journal.outcome(anOutcome(1));
  journal.flush();
  journal.finish(0);
  assert.equal(journal.id, "");
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /no journal/);
});

test("a file system that refuses later is one warning, and the job goes on", () => {
  const { journal, warnings } = aJournal();
  mkdirSync(join(journal.directory, "journal.jsonl"));
  for (let task = 1; task < 4; task++) {
    journal.outcome(anOutcome(task));
    journal.flush();
  }
  journal.finish(0);
  assert.equal(warnings.length, 1);
  rmdirSync(join(journal.directory, "journal.jsonl"));
  assert.equal(readJob(journal.directory)?.state, "interrupted");
});

test("only the owner can read a job", () => {
  const { journal } = aJournal();
  journal.outcome(anOutcome(1), { stdout: text("secret") });
  journal.finish(0);
  chmodSync(journal.directory, 0o700);
  for (const name of readdirSync(journal.directory)) {
    assert.ok(["journal.jsonl", "output", "request.json"].includes(name), name);
  }
});

test("the status is written at most once a second, and only of a live job", () => {
  const { journal } = aJournal();
  let made = 0;
  const running = [{ task: 1, attempt: 1, slot: 1, startMs: 5, command: "sleep \xff" }];
  for (let call = 0; call < 10; call++) journal.status(() => ({ slots: ++made, running, waiting: 7 }));
  assert.equal(made, 1);
  const status = readJob(journal.directory)?.status;
  assert.deepEqual(status?.running, running);
  assert.equal(status?.waiting, 7);
  journal.finish(0);
  assert.equal(readJob(journal.directory)?.status, undefined);
});
