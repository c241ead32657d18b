import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { carriedEnvironment, remoteSource, remoteWorkdir } from "./remote-source.ts";

const directory = realpathSync(mkdtempSync(join(tmpdir(), "remote-source-")));
after(() => rmSync(directory, { recursive: true }));

/** What a shell of a host prints that starts in the directory. */
function run(source: string, shell = "/bin/sh"): { stdout: string; status: number | null } {
  return spawnSync(shell, [], { cwd: directory, encoding: "latin1", input: Buffer.from(source, "latin1") });
}

const plain = remoteSource({ variables: [], functions: "" });

test("without --workdir a command is left as it is", () => {
  assert.equal(plain.of("echo hi", remoteWorkdir(undefined, 1)), "echo hi");
});

test("--workdir: absolute, below the login directory, that itself, and where we are", () => {
  assert.equal(remoteWorkdir("/some/where", 1), "/some/where");
  assert.equal(remoteWorkdir("some/where", 1), "some/where");
  assert.equal(remoteWorkdir("~", 1), "");
  assert.equal(remoteWorkdir("~/some/where", 1), "some/where");
  const before = process.cwd();
  try {
    process.chdir(directory);
    assert.equal(remoteWorkdir(".", 1), directory);
    process.chdir(homedir());
    assert.equal(remoteWorkdir(".", 1), "");
  } finally {
    process.chdir(before);
  }
});

test("--workdir ...: a new directory for each job of each run", () => {
  const [one, other] = [remoteWorkdir("...", 1), remoteWorkdir("...", 2)];
  assert.match(one, /^\.parallel\/tmp\/[^/]+-\d+-1$/);
  assert.notEqual(one, other);
});

test("the directory is made where it is not there, whatever its name", () => {
  for (const name of ["new/deep", "-p", 'it\'s $HOME `id` "x"', "\xff\xfe", "new\nline", " "]) {
    const { stdout } = run(plain.of("pwd", name));
    assert.equal(stdout, `${directory}/${name}\n`);
  }
});

test("where it cannot be made nothing runs, and the status is that of a connection that fails", () => {
  writeFileSync(join(directory, "file"), "");
  assert.deepEqual(
    [run(plain.of("echo no", "file/below")).status, run(plain.of("echo no", "file")).stdout],
    [255, ""],
  );
});

test("--env carries the variables that it names, byte for byte, and functions for the shell that exported them", () => {
  const env = {
    A: "it's\n$x",
    B: "no",
    "BASH_FUNC_f%%": "() {  echo f $1\n}",
    "BASH_FUNC_g%%": "() {  echo g\n}",
  };
  const carried = carriedEnvironment(["A", "f", "MISSING"], env);
  assert.deepEqual(carried.variables, [["A", "it's\n$x"]]);
  assert.equal(
    run(remoteSource(carried).of("f 1; type g >/dev/null 2>&1 || echo none", ""), "/bin/bash").stdout,
    "f 1\nnone\n",
  );
  // What f starts finds it too.
  assert.equal(run(remoteSource(carried).of("bash -c 'f 2'", ""), "/bin/bash").stdout, "f 2\n");
});

test("--env _ carries all but those that --record-env has seen", () => {
  const home = join(directory, "parallel");
  mkdirSync(home);
  writeFileSync(join(home, "ignored_vars"), "OLD\nPARALLEL_HOME\nold_f\n");
  const env = {
    PARALLEL_HOME: home,
    OLD: "1",
    NEW: "2",
    "BASH_FUNC_old_f%%": "() {  :\n}",
    "not a name": "3",
  };
  const { variables, functions } = carriedEnvironment(["_"], env);
  assert.deepEqual([variables, functions], [[["NEW", "2"]], ""]);
});
