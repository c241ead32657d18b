import assert from "node:assert/strict";
import { test } from "node:test";
import { shellWords } from "../bytes/shell-words.ts";
import { parseAmount, parseLoad } from "./amount.ts";
import { parseHalt } from "./halt.ts";
import { editDistance, nearest } from "./nearest.ts";
import { durationMs, quantity } from "./quantity.ts";
import { unpackShebang } from "./unshebang.ts";

test("shell words: quotes and backslashes, nothing expanded", () => {
  assert.deepEqual(shellWords("-k --tagstring a\\ b"), ["-k", "--tagstring", "a b"]);
  assert.deepEqual(shellWords(`x "a \\"b\\" $A" 'q\\r' ""`), ["x", 'a "b" $A', "q\\r", ""]);
  assert.deepEqual(shellWords("-S myssh\\ user@server\n-k"), ["-S", "myssh user@server", "-k"]);
  assert.deepEqual(shellWords("--colsep \\\\|"), ["--colsep", "\\|"]);
  assert.deepEqual(shellWords("a'b c'd"), ["ab cd"]);
  assert.deepEqual(shellWords("a\\"), ["a\\"]);
  assert.deepEqual(shellWords("  "), []);
  assert.equal(shellWords("a 'b"), undefined);
  assert.equal(shellWords('"a\\"'), undefined);
});

test("durations", () => {
  assert.equal(durationMs("10"), 10_000);
  assert.equal(durationMs("1.5m"), 90_000);
  assert.equal(durationMs("1d3.5h16.6m4s"), 100_000_000);
  assert.equal(durationMs(".5"), 500);
  for (const bad of ["", "x", "5x", "-1", "1m1", "1 2", "1e2", "5ss"])
    assert.equal(durationMs(bad), undefined);
});

test("quantities: capital letters count in 1024, small ones in 1000", () => {
  assert.equal(quantity("1k"), 1000);
  assert.equal(quantity("1K"), 1024);
  assert.equal(quantity("1.5M"), 1.5 * 1024 * 1024);
  assert.equal(quantity("1M-12*2.024*2k"), 1_000_000);
  assert.equal(quantity("-10"), -10);
  assert.equal(quantity("2*(3+1)"), 8);
  for (const bad of ["", "x", "1kb", "(1", "1)", "1 2", "1/0", "*", "1-"])
    assert.equal(quantity(bad), undefined);
});

test("amounts", () => {
  assert.deepEqual(parseAmount("8"), { type: "count", count: 8 });
  assert.deepEqual(parseAmount("0"), { type: "max" });
  assert.deepEqual(parseAmount("+2"), { type: "plus", count: 2 });
  assert.deepEqual(parseAmount("-1"), { type: "minus", count: 1 });
  assert.deepEqual(parseAmount("10.5%"), { type: "percent", percent: 10.5 });
  for (const bad of ["", "1.5", "2k", "+50%", " 3", "1e1"]) assert.equal(parseAmount(bad), undefined);
  assert.deepEqual(parseLoad("0"), { type: "count", count: 0.01 });
  assert.deepEqual(parseLoad("1.5"), { type: "count", count: 1.5 });
});

test("halt: forms, old forms, and messages", () => {
  assert.deepEqual(parseHalt("now,fail=1"), { when: "now", what: "fail", count: 1 });
  assert.deepEqual(parseHalt("soon,done=50%"), { when: "soon", what: "done", percent: 50 });
  assert.deepEqual(parseHalt("-2"), { when: "now", what: "success", count: 1 });
  assert.deepEqual(parseHalt("10%"), { when: "soon", what: "fail", percent: 10 });
  assert.deepEqual(parseHalt("never"), { when: "never" });
  assert.throws(() => parseHalt("foo"), { message: "--halt must have 'never', 'soon', or 'now'." });
  assert.throws(() => parseHalt("now"), { message: "--halt now must be followed by ,success or ,fail." });
  assert.throws(() => parseHalt("soon,done="), {
    message: "--halt soon,done must be followed by ,number or ,percent%.",
  });
});

test("the nearest name", () => {
  assert.equal(editDistance("jbos", "jobs"), 1);
  assert.equal(editDistance("", "abc"), 3);
  assert.equal(nearest("timout", ["time", "timeout", "tmux"]), "timeout");
  assert.equal(nearest("frobnicate", ["jobs", "timeout"]), undefined);
});

test("the first line of a script, as the kernel hands it over", () => {
  assert.deepEqual(unpackShebang(["--shebang -r wget", "s"]), [
    "--skip-first-line",
    "-r",
    "wget",
    "::::",
    "s",
  ]);
  assert.deepEqual(unpackShebang(["--shebang-wrap -k /bin/sh", "s x", "a", "b"]), [
    "-k",
    "/bin/sh",
    "'s x'",
    ":::",
    "a",
    "b",
  ]);
  assert.deepEqual(unpackShebang(["--shebang-wrap --pipe cat", "s"]), ["--pipe", "cat", "s"]);
  assert.deepEqual(unpackShebang(["-k", "--shebang"]), ["-k", "--shebang"]);
});
