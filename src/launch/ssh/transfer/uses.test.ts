import assert from "node:assert/strict";
import { test } from "node:test";
import { removeScript } from "./cleanup.ts";
import { openUses } from "./uses.ts";

const nothing = { files: [], directories: [], workdir: undefined };

test("a file goes with the last job that needs it, and the working directory with the last job in it", () => {
  const uses = openUses();
  uses.add(["d/a", "lib"], "wd/x");
  uses.add(["d/b", "lib"], "wd/x");
  assert.deepEqual(uses.release(["d/a", "lib", "d/a.out"], "wd/x"), {
    files: ["./wd/x/d/a", "./wd/x/d/a.out"],
    directories: [],
    workdir: undefined,
  });
  assert.deepEqual(uses.release(["d/b", "lib"], "wd/x"), {
    files: ["./wd/x/d/b", "./wd/x/lib"],
    directories: ["./wd/x/d"],
    workdir: "./wd/x",
  });
});

test("what nobody has sent goes at once", () => {
  const uses = openUses();
  assert.deepEqual(uses.release(["out/./a/b.o"], "wd"), {
    files: ["./wd/a/b.o"],
    directories: ["./wd/a"],
    workdir: "./wd",
  });
});

test("a working directory without files of ours stays", () => {
  const uses = openUses();
  uses.add([], "wd");
  assert.deepEqual(uses.release([], "wd"), nothing);
  uses.add(["/tmp/f"], "wd");
  assert.deepEqual(uses.release(["/tmp/f"], "wd"), { ...nothing, files: ["/tmp/f"], directories: ["/tmp"] });
});

test("files, then directories from the inside out", () => {
  const script = removeScript({ files: ["./w/a b"], directories: ["./w/c/d", "./w/c"], workdir: "./v/w" });
  assert.match(script, /rm -f '\.\/w\/a b'\nrmdir \.\/w\/c\/d \.\/w\/c \.\/v\/w \.\/v\n/);
  assert.equal(removeScript(nothing), "");
});
