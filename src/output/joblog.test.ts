import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { YonderError } from "../interface/errors.ts";
import { joblogLine, type LogEntry, openJoblog } from "./joblog.ts";
import { readJoblog } from "./resume.ts";
import { testSink } from "./testing.ts";

const HEADER = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";

function entry(seq: number, other: Partial<LogEntry> = {}): LogEntry {
  const times = { startMs: 1_795_387_438_539.4, endMs: 1_795_387_438_745.4 };
  return {
    seq,
    host: ":",
    ...times,
    sendBytes: 0,
    receiveBytes: 4,
    exitCode: 0,
    signal: 0,
    command: "true",
    ...other,
  };
}

function inScratch(act: (path: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "yonder-test-"));
  try {
    act(join(directory, "log"));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("a line as GNU parallel writes it", () => {
  assert.equal(
    joblogLine(entry(3, { exitCode: 1, command: "a;\nb" })),
    "3\t:\t1795387438.539\t     0.206\t0\t4\t1\t0\ta;\0b\n",
  );
});

test("a new log has a header, and +NAME has none", () => {
  inScratch((path) => {
    openJoblog(path, { resume: false }).close();
    assert.equal(readFileSync(path, "latin1"), HEADER);
    const log = openJoblog(`+${path}`, { resume: false });
    log.append(entry(1));
    log.close();
    assert.equal(readFileSync(path, "latin1"), HEADER + joblogLine(entry(1)));
  });
  inScratch((path) => {
    openJoblog(`+${path}`, { resume: false }).close();
    assert.equal(readFileSync(path, "latin1"), "");
  });
});

test("resuming cuts off a torn line, whose task gets a whole one", () => {
  inScratch((path) => {
    writeFileSync(path, HEADER + joblogLine(entry(1)) + "2\t:\t179538");
    const log = openJoblog(path, { resume: true });
    log.append(entry(3));
    log.close();
    assert.equal(readFileSync(path, "latin1"), HEADER + joblogLine(entry(1)) + joblogLine(entry(3)));
    const run = readJoblog(path);
    assert.deepEqual(
      [1, 2, 3].map((seq) => run.hasRun(seq)),
      [true, false, true],
    );
  });
});

test("the last line about a task counts", () => {
  inScratch((path) => {
    writeFileSync(path, HEADER + joblogLine(entry(1, { exitCode: 1 })) + joblogLine(entry(2, { signal: 9 })));
    appendFileSync(path, joblogLine(entry(3, { exitCode: -1, command: "a\nb" })) + joblogLine(entry(1)));
    const run = readJoblog(path);
    assert.deepEqual(run.failed, [
      { seq: 2, command: "true" },
      { seq: 3, command: "a\nb" },
    ]);
    assert.equal(run.hasSucceeded(1), true);
    assert.equal(run.hasSucceeded(2), false);
    assert.equal(run.hasRun(2), true);
  });
});

test("a log that is not there says nothing; one that cannot be written is an error", () => {
  inScratch((path) => {
    assert.equal(readJoblog(path).hasRun(1), false);
    assert.throws(() => openJoblog(`${path}/log`, { resume: false }), {
      name: YonderError.name,
      message: `Cannot write to --joblog ${path}/log.`,
      exitCode: 255,
    });
  });
});

test("a task is in the log once its output is shown, in the same order", async () => {
  using t = testSink();
  const path = join(t.directory, "log");
  using u = testSink({ keepOrder: true, joblog: { name: path, resume: false } });
  u.run(2, "two\n");
  await u.shown();
  assert.equal(readFileSync(path, "latin1"), HEADER);
  u.start(1, { out: "one\n", task: { tag: "tag" } });
  u.end(1, { exitCode: 3 });
  u.sink.skipped(3);
  await u.shown();
  const lines = readFileSync(path, "latin1").split("\n").slice(1, -1);
  assert.deepEqual(lines, [
    "1\t:\t1.000\t     0.250\t0\t4\t3\t0\tjob 1",
    "2\t:\t1.000\t     0.250\t0\t4\t0\t0\tjob 2",
  ]);
});
