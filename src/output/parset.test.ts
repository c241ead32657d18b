import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { testSink } from "./testing.ts";

test("an array of outputs without their last newline, and the exit status", async () => {
  using t = testSink({ parset: { type: "var", names: ["a"] }, keepOrder: true });
  t.run(1, "one\n\n", "e\n");
  t.run(2, "it's \\ $x");
  await t.sink.close(3);
  const { out, err } = await t.shown();
  assert.equal(out, `a=('one\n'\n'it'"'"'s \\ $x'\n)\n\nreturn 3\n`);
  assert.equal(err, "e\n");
  const shell = `f() { eval "$1"; }; f "$0"; echo $?; printf '[%s]' "\${a[@]}"`;
  assert.equal(execFileSync("bash", ["-c", shell, out], { encoding: "latin1" }), "3\n[one\n][it's \\ $x]");
});

test("an attempt that never began has an empty value", async () => {
  using t = testSink({ parset: { type: "var", names: ["a"] }, keepOrder: true });
  t.sink.started({ seq: 1, slot: 1, attempt: 1, command: "", rows: [] });
  t.end(1, { exitCode: 255 });
  await t.sink.close(1);
  assert.equal((await t.shown()).out, "a=(''\n)\n\nreturn 1\n");
});

test("a variable for each task", async () => {
  using t = testSink({ parset: { type: "var", names: ["x", "y"] } });
  for (const seq of [1, 2, 3]) t.run(seq, `${seq}\n`);
  await t.sink.close(0);
  const { out, err } = await t.shown();
  assert.equal(out, "x='1'\ny='2'\n\nreturn 255\n");
  assert.equal(err, "parset: Error: Too few named destination variables\n");
});

test("an associative array by the arguments", async () => {
  using t = testSink({ parset: { type: "assoc", names: ["m"] } });
  t.start(1, { out: "v\n", task: { rows: [["it's", "b"]] } });
  t.end(1);
  await t.sink.close(0);
  assert.equal((await t.shown()).out, `m=(['it'"'"'s b']='v'\n)\n\nreturn 0\n`);
});

const EARLIER = { isDone: () => true, isLogged: () => false };

test("where an earlier driver has closed, only what is missing of that is written", async () => {
  for (const [closedBytes, rest] of [
    [0, ")\n\nreturn 0\n"],
    [3, "return 0\n"],
    [Infinity, ""],
  ] as const) {
    using t = testSink({
      parset: { type: "var", names: ["a"] },
      earlier: { ...EARLIER, shownCount: 1, closedBytes },
    });
    t.sink.skipped(1);
    await t.sink.close(0);
    assert.equal((await t.shown()).out, rest);
  }
});

test("what an earlier driver has closed with stands before the outputs, and does not count", async () => {
  const announced: number[] = [];
  using t = testSink({
    parset: { type: "var", names: ["a"] },
    earlier: { ...EARLIER, shownCount: 1, closedBytes: 3 },
    onClosing: (bytes) => announced.push(bytes),
  });
  t.run(2, "two");
  await t.sink.close(0);
  assert.equal((await t.shown()).out, "'two'\n)\n\nreturn 0\n");
  assert.deepEqual(announced, [12]);
});

test("that an earlier driver had too few variables counts, and is said once", async () => {
  using t = testSink({
    parset: { type: "var", names: ["x", "y"] },
    earlier: { ...EARLIER, shownCount: 3, closedBytes: 0 },
  });
  t.run(4, "4\n");
  await t.sink.close(0);
  assert.deepEqual(await t.shown(), { out: "\nreturn 255\n", err: "" });
});
