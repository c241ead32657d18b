import assert from "node:assert/strict";
import { test } from "node:test";
import { sandbox } from "./sandbox.ts";

// What the first word of a command line is taken for.

test("a bare yonder shows help, unless commands come on standard input", () => {
  using box = sandbox();
  assert.match(box.run("yonder </dev/null").stdout, /^yonder runs a command for each input/);
  assert.equal(box.run("echo 'echo a' | yonder").stdout, "a\n");
  assert.equal(box.run("echo 'echo a' >file; yonder <file").stdout, "a\n");
  assert.equal(box.run("parallel </dev/null").stdout, "");
});

test("a word that is nothing to run and nearly a command is asked about", () => {
  using box = sandbox();
  for (const [word, meant] of [
    ["jbos", "jobs"],
    ["shwo", "show"],
    ["resum", "resume"],
    ["stroe", "store"],
  ]) {
    const { status, stderr } = box.run(`yonder ${word} </dev/null`);
    assert.equal(status, 2);
    assert.match(stderr, new RegExp(`did you mean "yonder ${meant}"\\?\nyonder: yonder run ${word} runs it`));
  }
});

test("what a shell can run is run: programs, builtins, functions", () => {
  using box = sandbox();
  const { stdout } = box.run(
    "jbos() { echo function $1; }; export -f jbos; echo a | yonder jbos; echo 1 | yonder let",
  );
  assert.equal(stdout, "function a\n");
  assert.equal(
    box.run(
      "mkdir bin; printf '#!/bin/sh\\necho program' >bin/gcc-; chmod +x bin/*; echo a | PATH=$PWD/bin:$PATH yonder gcc-",
    ).stdout,
    "program\n",
  );
});

test("with a source of inputs, a word is a command to run, though it is the name of one of yonder's", () => {
  using box = sandbox();
  const { stdout } = box.run(
    "mkdir bin; printf '#!/bin/sh\\necho program $1' >bin/gc; cp bin/gc bin/cancel; chmod +x bin/*; PATH=$PWD/bin:$PATH; export PATH; " +
      "yonder gc ::: a; echo b >b; yonder cancel :::: b; echo c | yonder run gc",
  );
  assert.equal(stdout, "program a\nprogram b\nprogram c\n");
});

test("a job without any input says so; under GNU parallel's name it is silent, as there", () => {
  using box = sandbox();
  assert.match(box.run("yonder echo </dev/null").stderr, /^yonder: Warning: There is no input/);
  assert.match(box.run("yonder echo :: a </dev/null").stderr, /inputs stand behind `:::`/);
  assert.equal(box.run("parallel echo :: a </dev/null").stderr, "");
  assert.equal(box.run(": | yonder echo").stderr, "");
});
