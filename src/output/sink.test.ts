import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { testSink } from "./testing.ts";

test("each task's output is whole, in the order in which tasks end", async () => {
  using t = testSink();
  t.start(1, { out: "a1\na2\n", err: "e1\n" });
  t.run(2, "b\n");
  t.end(1);
  assert.deepEqual(await t.shown(), { out: "b\na1\na2\n", err: "e1\n" });
});

test("keepOrder shows the order of the input, and skipped tasks do not hold it up", async () => {
  using t = testSink({ keepOrder: true });
  t.run(3, "3\n");
  t.start(1, { out: "1\n" });
  t.sink.skipped(2);
  assert.equal((await t.shown()).out, "");
  assert.equal(t.sink.backlogTasks, 1);
  t.end(1);
  assert.equal((await t.shown()).out, "1\n3\n");
  assert.equal(t.sink.backlogTasks, 0);
});

test("what waits for a task that never ends is shown at the end", async () => {
  using t = testSink({ keepOrder: true });
  t.start(1, { out: "1\n" });
  t.run(3, "3\n");
  t.run(2, "2\n");
  await t.sink.close();
  assert.equal((await t.shown()).out, "2\n3\n");
});

test("the output of an attempt that does not count is dropped", async () => {
  using t = testSink({ keepOrder: true });
  t.start(1, { out: "first try\n" });
  t.end(1, { exitCode: 1, keep: false });
  t.start(1, { out: "second try\n", task: { attempt: 2 } });
  t.end(1);
  assert.equal((await t.shown()).out, "second try\n");
});

test("bytes are not changed, and outputs larger than a chunk are whole", async () => {
  using t = testSink();
  const big = "\x00\xff\x80\n\r".repeat(200_000);
  t.run(1, big);
  t.run(2, "x");
  assert.equal((await t.shown()).out, big + "x");
});

test("a tag stands before every line of both streams", async () => {
  using t = testSink();
  const lines = "line\n".repeat(150_000);
  t.start(1, { out: lines + "last", err: "e\n", task: { tag: "T" } });
  t.end(1);
  const shown = await t.shown();
  assert.equal(shown.out, lines.replaceAll("line", "T\tline") + "T\tlast");
  assert.equal(shown.err, "T\te\n");
});

test("close leaves no file behind", async () => {
  using t = testSink();
  t.run(1, "a\n", "b\n");
  t.start(2, { out: "killed" });
  t.end(2, { keep: false });
  await t.sink.close();
  assert.deepEqual(readdirSync(t.captures), []);
});

test("keep sees the captures before they go, and may leave them in place", async () => {
  const seen: string[] = [];
  using t = testSink({
    keep: (seq, stream, { size }) => {
      seen.push(`${seq}.${stream} ${size}`);
      return stream === 1;
    },
  });
  t.run(1, "out\n", "error\n");
  await t.sink.close();
  assert.deepEqual(seen, ["1.1 4", "1.2 6"]);
  assert.equal(
    readdirSync(t.directory, { recursive: true }).filter((name) => /1\.1\.out$/.test(`${name}`)).length,
    1,
  );
});

test("a dry run shows commands in order, with tags, and writes nothing else", async () => {
  using t = testSink({
    dryRun: true,
    keepOrder: true,
    files: true,
    joblog: { name: "/nonexistent/log", resume: false },
  });
  for (const seq of [2, 1]) {
    t.sink.started({ seq, slot: 1, attempt: 1, command: `job ${seq}`, tag: "T", rows: [] });
    t.end(seq);
  }
  assert.equal((await t.shown()).out, "T\tjob 1\nT\tjob 2\n");
});

test("files that stay are compressed", async () => {
  using t = testSink({ files: true, compressProgram: "gzip -1" });
  t.run(1, "a\n".repeat(1000));
  const name = (await t.shown()).out.trim();
  assert.equal(gunzipSync(readFileSync(name)).toString(), "a\n".repeat(1000));
});

test("a compress program that fails is reported, and the file is left as it was", async () => {
  using t = testSink({ files: true, compressProgram: "false" });
  t.run(1, "a\n");
  const name = (await t.shown()).out.trim();
  assert.deepEqual(t.errors, ["false failed."]);
  assert.equal(t.read(name), "a\n");
});

test("short outputs may be given as texts: shown as files are, in their turn, with tags; no file is made", async () => {
  using t = testSink({ keepOrder: true, showCommand: "stdout" });
  assert.ok(t.sink.takesTexts);
  const task = { slot: 0, attempt: 0, command: "job", tag: "tag", rows: [] };
  const end = { exitCode: 0, signal: 0, startMs: 0, endMs: 0, keep: true };
  t.sink.started({ ...task, seq: 2 });
  t.sink.ended(2, { ...end, texts: { stdout: "a\nb\n", stderr: "\xff" } });
  t.sink.started({ ...task, seq: 1 });
  t.sink.ended(1, { ...end, texts: { stdout: "", stderr: "" } });
  assert.deepEqual(await t.shown(), { out: "tag\tjob\ntag\tjob\ntag\ta\ntag\tb\n", err: "tag\t\xff" });
  assert.deepEqual(readdirSync(t.captures), []);
  using files = testSink({ files: true });
  assert.ok(!files.sink.takesTexts);
});
