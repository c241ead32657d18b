import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type TestSink, testSink } from "./testing.ts";

/** What a running task writes later. */
function append(t: TestSink, file: string, text: string): void {
  appendFileSync(join(t.captures, file), text, "latin1");
}

test("line: whole lines as they come, the rest at the end", async () => {
  using t = testSink({ grouping: "line" });
  t.start(1, { out: "a1\na", err: "e" });
  t.start(2, { out: "b1\n" });
  t.sink.poll();
  assert.deepEqual(await t.shown(), { out: "a1\nb1\n", err: "" });
  append(t, "1.1.out", "2\nlast");
  t.sink.poll();
  assert.equal((await t.shown()).out, "a1\nb1\na2\n");
  t.end(1);
  t.end(2);
  assert.deepEqual(await t.shown(), { out: "a1\nb1\na2\nlast", err: "e" });
});

test("line: a line longer than a read stays whole", async () => {
  using t = testSink({ grouping: "line" });
  const long = "x".repeat(300_000);
  t.start(1, { out: `short\n${long}` });
  t.sink.poll();
  assert.equal((await t.shown()).out, "short\n");
  append(t, "1.1.out", "\nrest");
  t.sink.poll();
  assert.equal((await t.shown()).out, `short\n${long}\n`);
});

test("line with keepOrder: only the first task that has not ended", async () => {
  using t = testSink({ grouping: "line", keepOrder: true });
  t.start(1, { out: "a1\n", task: { tag: "A" } });
  t.start(2, { out: "b1\n" });
  t.sink.poll();
  assert.equal((await t.shown()).out, "A\ta1\n");
  append(t, "1.1.out", "a2\n");
  t.end(1);
  assert.equal((await t.shown()).out, "A\ta1\nA\ta2\n");
  t.sink.poll();
  assert.equal((await t.shown()).out, "A\ta1\nA\ta2\nb1\n");
});

test("-v shows the command before the output, with the tag; -t on standard error at the start", async () => {
  using t = testSink({ showCommand: "stdout" });
  t.start(1, { out: "out\n", task: { command: "a\nb", tag: "T" } });
  assert.equal((await t.shown()).out, "");
  t.end(1);
  assert.equal((await t.shown()).out, "T\ta\nT\tb\nT\tout\n");

  using u = testSink({ showCommand: "stderr" });
  u.start(1, { task: { command: "a", tag: "T" } });
  assert.deepEqual(await u.shown(), { out: "", err: "a\n" });
});

test("none: the task writes by itself, and -v comes at the start", async () => {
  using t = testSink({ grouping: "none", showCommand: "stdout" });
  t.start(1, {});
  assert.equal((await t.shown()).out, "job 1\n");
  t.end(1);
  assert.equal((await t.shown()).out, "job 1\n");
});

test("color: every line in the colours of the task, an unfinished one too", async () => {
  using t = testSink({ color: "task" });
  t.start(1, { out: "a\n\nb", task: { tag: "T" } });
  t.end(1);
  const on = "\x1b[48;5;134;38;5;231m\x1b[KT\t";
  assert.equal((await t.shown()).out, `${on}a\x1b[m\n${on}\x1b[m\n${on}b\x1b[m\n`);
});

test("color failed: white on red where the task has failed", async () => {
  using t = testSink({ color: "failed" });
  t.run(1, "fine\n");
  t.start(2, { out: "bad\n" });
  t.end(2, { exitCode: 1 });
  assert.equal((await t.shown()).out, "fine\n\x1b[48;5;196;38;5;231m\x1b[Kbad\x1b[m\n");
});

test("files: the names in place of the output, and the files stay", async () => {
  using t = testSink({ files: true });
  t.start(1, { out: "out\n", err: "err\n", task: { tag: "T" } });
  t.end(1);
  const shown = await t.shown();
  assert.match(shown.out, /^T\t.*\/par\w{5}\.par\n$/);
  assert.equal(shown.err, "T\terr\n");
  await t.sink.close();
  assert.equal(t.read(shown.out.slice(2, -1)), "out\n");
});

test("latest: elsewhere than on a terminal, the last line of each task when it has ended", async () => {
  using t = testSink({ grouping: "latest" });
  t.start(1, { out: "first\nsecond\n", task: { tag: "T" } });
  t.end(1);
  assert.equal((await t.shown()).out, "T\tsecond\n");
});

test("a carriage return ends a line, too: a tag stands before what comes over it", async () => {
  const shown = async (out: string): Promise<string> => {
    using t = testSink();
    t.start(1, { out, task: { tag: "T" } });
    t.end(1);
    return (await t.shown()).out;
  };
  // As GNU parallel has them.
  assert.equal(await shown("a\rb\rc\n"), "T\ta\rT\tb\rT\tc\n");
  assert.equal(await shown("a\r\r\rb\n\r\n"), "T\ta\rT\t\rT\t\rT\tb\nT\t\rT\t\n");
  assert.equal(await shown("\rx\r"), "T\t\rT\tx\r");
});

test("--line-buffer shows what a carriage return ends while the task runs", async () => {
  using t = testSink({ grouping: "line" });
  t.start(1, { out: "10%\r20%\r3", task: { tag: "T" } });
  t.sink.poll();
  assert.equal((await t.shown()).out, "T\t10%\rT\t20%\r");
  t.end(1);
  assert.equal((await t.shown()).out, "T\t10%\rT\t20%\rT\t3");
});
