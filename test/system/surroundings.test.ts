import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sandbox } from "./sandbox.ts";
import { repository } from "./scratch.ts";

/** What a process may lack that everything else has. */

const NO_FULL = existsSync("/dev/full") ? false : "there is no /dev/full here";
const lines = (text: string): number => text.split("\n").length - 1;

test("a working directory that has been removed", () => {
  using place = sandbox();
  const { status, stdout, stderr } = place.run(
    "mkdir gone; cd gone; rmdir ../gone; yonder -k echo ::: a b </dev/null",
  );
  assert.equal(status, 0, stderr);
  assert.equal(stdout, "a\nb\n");
  assert.doesNotMatch(stderr, /internal error/);
  assert.match(place.run("yonder jobs").stdout, /echo/);
});

test("standard descriptors that are closed, by the program and by the checkout's script", () => {
  using place = sandbox();
  for (const name of ["yonder", join(repository, "bin", "yonder")]) {
    for (const closed of ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"]) {
      const { status } = place.run(`${name} --joblog log 'echo {}; echo {} >&2; exit 1' ::: 1 2 ${closed}`);
      assert.equal(status, 2, `${name} ${closed}`);
      assert.equal(readFileSync(join(place.directory, "log"), "latin1").split("\n").length, 4);
    }
    assert.equal(place.run(`${name} -k echo ::: 1 2 2>&-`).stdout, "1\n2\n");
  }
});

test("an empty environment, and one without a language", () => {
  using place = sandbox();
  const program = join(repository, "bin", "yonder");
  const { status, stdout, stderr } = spawnSync("env", ["-i", program, "--no-journal", "echo", ":::", "a"], {
    cwd: place.directory,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  assert.equal(stdout, "a\n");
  assert.equal(place.run("LANG=C LC_ALL=C yonder echo ::: \u00e4").stdout, "\xc3\xa4\n");
});

test("a directory for temporary files in which none can be made is said", () => {
  using place = sandbox();
  for (const words of [
    "--pipe cat",
    "--tmux echo ::: a",
    "-S nowhere echo ::: a",
    "--no-journal echo ::: a",
  ]) {
    const { status, stderr } = place.run(`echo a | TMPDIR=/proc yonder ${words}`);
    assert.equal(status, 255, words);
    assert.doesNotMatch(stderr, /internal error/);
    assert.match(stderr, /TMPDIR/);
  }
});

test("a command that the system does not take: which, how long, and all others run", {
  skip: process.platform !== "linux",
}, () => {
  using place = sandbox();
  writeFileSync(join(place.directory, "in"), `a\n${"x".repeat(140_000)}\nc\n`);
  for (const command of ["echo", "'echo {} | cat'"]) {
    const { status, stdout, stderr } = place.run(`yonder -k --joblog log ${command} <in`);
    assert.equal(status, 1);
    assert.equal(stdout, "a\nc\n");
    assert.match(
      stderr,
      /COMMAND_TOO_LONG: task 2 \(echo x+\.\.\.\): .* has 1400\d+ bytes, and the system takes 131071/,
    );
    const log = readFileSync(join(place.directory, "log"), "latin1").split("\n");
    assert.equal(log.length, 5);
    assert.equal(log[2]!.split("\t")[6], "126");
  }
});

test("standard error on a full disk: the job is as it is with a full standard output", {
  skip: NO_FULL,
}, () => {
  using place = sandbox();
  const log = join(place.directory, "log");
  for (const how of ["", "-k", "--line-buffer", "--tag", "-t", "--bar", "--verbose"]) {
    const run = `yonder ${how} 'echo {}; echo {} >&2; exit 1' ::: 1 2 3 2>/dev/full`;
    assert.equal(place.run(run).status, 255, how);
    assert.match(place.run("yonder jobs | tail -n +2 | head -1").stdout, / failed /, how);
  }
  // What we say ourselves is nobody's result.
  for (const how of ["", "--joblog log"]) {
    assert.equal(place.run(`yonder ${how} 'exit {}' ::: 1 0 1 2>/dev/full`).status, 2, how);
  }
  assert.equal(lines(readFileSync(log, "latin1")), 4);
  assert.equal(place.run("yonder --nosuchoption echo ::: a 2>/dev/full").status, 255);
});

test("commands that cannot write what they found say so", { skip: NO_FULL }, () => {
  using place = sandbox();
  place.run("yonder 'echo {}; echo {} >&2' ::: a");
  for (const words of [
    "jobs",
    "show @",
    "logs @",
    "explain @",
    "help",
    "--help",
    "--version",
    "submit echo ::: a",
  ]) {
    const { status, stderr } = place.run(`yonder ${words} >/dev/full`);
    assert.equal(status, 255, words);
    assert.match(
      stderr,
      /^yonder: Error: cannot write to standard output: ENOSPC.*\nyonder: make room/,
      words,
    );
  }
});
