import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hasResults, parseResults, type ResultsNames } from "./results.ts";
import { testSink } from "./testing.ts";

test("a tree by column and value, that keeps the output and prints none", async () => {
  using t = testSink();
  const results: ResultsNames = { type: "tree", directory: join(t.directory, "R") };
  using u = testSink({ results });
  u.start(7, { out: "o\n", err: "e\n", task: { rows: [["a/b", "c\\\td"]] } });
  u.end(7);
  assert.deepEqual(await u.shown(), { out: "", err: "" });
  const leaf = join(t.directory, "R/1/a\\_b/2/c\\\\\\td");
  assert.deepEqual(
    ["stdout", "stderr", "seq"].map((name) => readFileSync(join(leaf, name), "latin1")),
    ["o\n", "e\n", "7"],
  );
});

test("several rows of a task follow one another, and columns have names", async () => {
  using t = testSink();
  using u = testSink({
    results: { type: "tree", directory: join(t.directory, "R"), columnNames: ["x"] },
  });
  u.start(1, { task: { rows: [["1"], ["2"]] } });
  u.end(1);
  await u.shown();
  assert.ok(existsSync(join(t.directory, "R/x/1/x/2/stdout")));
});

test("what is there stays until an attempt that counts has ended, which replaces all of it", () => {
  using t = testSink();
  const results: ResultsNames = { type: "tree", directory: join(t.directory, "R") };
  const task = { rows: [["a"]] };
  const leaf = join(t.directory, "R/1/a");
  using u = testSink({ results });
  u.start(1, { out: "whole", err: "e", task });
  assert.equal(hasResults(results, task), false);
  u.end(1);
  assert.equal(hasResults(results, task), true);
  u.start(1, { out: "tried", task });
  u.end(1, { keep: false });
  u.start(1, { out: "again", task });
  assert.equal(readFileSync(join(leaf, "stdout"), "latin1"), "whole");
  u.end(1);
  assert.equal(readFileSync(join(leaf, "stdout"), "latin1"), "again");
  assert.deepEqual(readdirSync(leaf).sort(), ["seq", "stderr", "stdout"]);
});

test("tasks with one place each have their output for themselves, and the last to end has it", () => {
  using t = testSink();
  const results: ResultsNames = { type: "tree", directory: join(t.directory, "R") };
  using u = testSink({ results });
  const task = { rows: [["a"]] };
  u.start(1, { out: "first", task });
  u.start(2, { out: "second", task });
  u.end(2);
  u.end(1);
  const read = (name: string) => readFileSync(join(t.directory, "R/1/a", name), "latin1");
  assert.deepEqual([read("stdout"), read("seq")], ["first", "1"]);
});

test("an attempt that never began leaves nothing of an earlier run", () => {
  using t = testSink();
  const results: ResultsNames = { type: "tree", directory: join(t.directory, "R") };
  using u = testSink({ results });
  const task = { rows: [["a"]] };
  u.start(1, { out: "earlier", task });
  u.end(1);
  u.sink.started({ seq: 2, slot: 1, attempt: 1, command: "", rows: task.rows });
  u.end(2, { exitCode: 255 });
  assert.equal(hasResults(results, task), false);
});

test("what a driver of the same job has left half done goes; what others write stays", () => {
  using t = testSink();
  const results: ResultsNames = { type: "tree", directory: join(t.directory, "R") };
  const job = "05kk00e4kq";
  const task = { rows: [["a"]] };
  const leaf = join(t.directory, "R/1/a");
  using killed = testSink({ results, run: { job, isResumed: false } });
  killed.start(1, { out: "half", task });
  using other = testSink({ results, run: { job: "other", isResumed: false } });
  other.start(1, { out: "another's", task });
  using u = testSink({ results, run: { job, isResumed: true } });
  u.start(1, { out: "one", task });
  u.start(2, { out: "two", task });
  u.end(1);
  u.end(2);
  other.end(1);
  assert.deepEqual(readdirSync(leaf).sort(), ["seq", "stderr", "stdout"]);
  assert.equal(readFileSync(join(leaf, "stdout"), "latin1"), "another's");
});

test("an empty seq is what a killed driver has left, and says nothing", async () => {
  using t = testSink();
  const results: ResultsNames = { type: "tree", directory: join(t.directory, "R") };
  const task = { rows: [["a"]] };
  const leaf = join(t.directory, "R/1/a");
  using killed = testSink({ results });
  killed.start(1, { out: "one", task });
  killed.end(1);
  writeFileSync(join(leaf, "seq"), "");
  assert.equal(hasResults(results, task), false);
  using u = testSink({ results, run: { job: "05kk00e4kq", isResumed: true } });
  u.sink.started({ seq: 1, slot: 1, attempt: -1, command: "", ...task, stays: leaf + "/" });
  u.end(1);
  assert.deepEqual([readFileSync(join(leaf, "seq"), "latin1"), hasResults(results, task)], ["1", true]);
});

test("a template names a file or, with a slash, a directory", async () => {
  using t = testSink();
  using u = testSink({ results: { type: "template" } });
  u.start(1, { out: "a", task: { resultsPath: join(t.directory, "x.out") } });
  u.end(1);
  u.start(2, { out: "b", task: { resultsPath: join(t.directory, "d") + "/" } });
  u.end(2);
  await u.shown();
  assert.deepEqual(readdirSync(t.directory).sort(), [
    "1",
    "2",
    "captures",
    "d",
    "x.out",
    "x.out.err",
    "x.out.seq",
  ]);
  assert.deepEqual(readdirSync(join(t.directory, "d")).sort(), ["seq", "stderr", "stdout"]);
});

test("values longer than a name do not collide", () => {
  using t = testSink();
  const names: ResultsNames = { type: "tree", directory: join(t.directory, "R") };
  using u = testSink({ results: names });
  for (const [seq, last] of [
    [1, "a"],
    [2, "b"],
  ] as const) {
    u.start(seq, { task: { rows: [["v".repeat(300) + last]] } });
  }
  assert.equal(readdirSync(join(t.directory, "R/1")).length, 2);
});

test("names of --results", () => {
  assert.deepEqual(parseResults("dir", false), { type: "tree", directory: "dir" });
  assert.deepEqual(parseResults("x{}", true), { type: "template" });
  assert.deepEqual(parseResults("-.csv", false), { type: "table", format: "csv", path: "-" });
  assert.deepEqual(parseResults("a/b.json", false), { type: "table", format: "json", path: "a/b.json" });
});
