import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sandbox } from "./sandbox.ts";

const isRoot = process.getuid?.() === 0;
const UNTIL_GO = "until [ -e go ]; do sleep 0.05; done";
const DRAINS = /No new jobs will be started\. Waiting for these 2 jobs to finish/;

test("a reader that has seen enough ends the run, quietly, as it ends GNU parallel", () => {
  for (const name of ["yonder", "yonder --line-buffer", "parallel"]) {
    using place = sandbox();
    const { stdout, stderr } = place.run(`${name} echo ::: {1..500} | head -1; echo "\${PIPESTATUS[0]}"`);
    assert.deepEqual([stdout.split("\n")[1], stderr], ["141", ""], name);
  }
});

test("output that cannot be written is said once, and the journal has what was done", () => {
  using place = sandbox();
  const { status, stderr } = place.run("yonder -j1 echo ::: 1 2 3 >/dev/full");
  assert.equal(status, 255);
  assert.match(stderr, /^yonder: Error: cannot write to standard output: ENOSPC.*\nyonder: make room.*\n$/);
  assert.match(place.run("yonder logs @").stdout, /^1\n/);
  assert.equal(place.run("yonder resume @ 2>&1").stdout, "1\n2\n3\n", "what could not be shown is shown");
});

test("so is the last output of a run, which is written when all else is done", () => {
  using place = sandbox();
  const { status, stderr } = place.run("yonder echo ::: 1 >/dev/full");
  assert.match(stderr, /^yonder: Error: cannot write to standard output: ENOSPC/);
  assert.equal(status, 255);
  for (const name of ["yonder", "parallel"]) {
    const { stdout } = place.run(`${name} 'sleep 0.3; echo' ::: 1 | true; echo "\${PIPESTATUS[0]}"`);
    assert.equal(stdout, "141\n", `${name}: nobody reads it`);
  }
});

test("a joblog that cannot be written is an error", () => {
  using place = sandbox();
  const { status, stderr } = place.run("yonder --joblog /dev/full echo ::: 1");
  assert.equal(status, 255);
  assert.match(stderr, /^yonder: Error: Cannot write to --joblog \/dev\/full\.\n.*\n$/);
});

test("a full disk under the journal is one warning, and under the output an error", { skip: !isRoot }, () => {
  using place = sandbox();
  const small = join(place.directory, "small");
  mkdirSync(small);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=200k", "none", small]);
  if (mounted.status !== 0) return; // not in this container
  try {
    const output = place.run(
      "TMPDIR=$PWD/small yonder --no-journal -j1 'head -c 300000 /dev/zero' ::: 1 2 >/dev/null",
    );
    assert.equal(output.status, 255);
    assert.match(output.stderr, /the disk of .*\/small\/.* is full: the output of jobs may be incomplete/);
    const journal = place.run(
      "XDG_STATE_HOME=$PWD/small yonder --keep-output all -j1 'head -c 9000 /dev/zero' ::: {1..40} | wc -c",
    );
    assert.equal(journal.stderr.match(/no journal/g)?.length, 1, journal.stderr);
    assert.doesNotMatch(journal.stderr, /resume --failed/);
  } finally {
    spawnSync("umount", [small]);
  }
});

test("without permission for the state directory, a run warns and goes on", () => {
  using place = sandbox();
  const { status, stdout, stderr } = place.run("touch file; XDG_STATE_HOME=$PWD/file yonder echo ::: 1");
  assert.deepEqual([status, stdout], [0, "1\n"]);
  assert.match(stderr, /^yonder: Warning: this run has no journal and cannot be resumed: .*\n$/);
});

test("what is wrong with a command line is one clear line, and nothing has run", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    [
      "yonder -a missing touch ran",
      /^yonder: Error: Cannot open input file `missing': No such file or directory\.\n$/,
    ],
    ["yonder -j", /^yonder: Error: Option j requires an argument\n/],
    ["yonder -j x touch ran ::: 1", /^yonder: Error: Parsing of --jobs.* failed\.\n/],
    ["yonder --joblgo x touch ran ::: 1", /Unknown option: joblgo\nyonder: did you mean --joblog\?\n$/],
  ];
  for (const [script, message] of wrong) {
    using place = sandbox();
    const { status, stderr } = place.run(script);
    assert.equal(status, 255, script);
    assert.match(stderr, message);
    assert.ok(!existsSync(join(place.directory, "ran")));
  }
});

test("commands that are not there, cannot run, or kill themselves have the exit status that says so", () => {
  using place = sandbox();
  const seen = (command: string): string => {
    place.run(`parallel --joblog log '${command}' ::: 1`);
    return place.run("cut -f7,8 log | tail -n +2").stdout.trim();
  };
  assert.equal(seen("no-such-command-here"), "127\t0");
  assert.equal(seen("/etc/passwd"), "126\t0");
  assert.equal(seen("kill -9 $$"), "0\t9");
  assert.equal(seen("kill -9 0"), "0\t9");
  assert.equal(seen("exec <&- >&- 2>&-; exit 4; : {}"), "4\t0");
});

test("a child that a job leaves behind is not waited for, and what it says later is nowhere", () => {
  using place = sandbox();
  const { status, stdout } = place.run(
    `yonder -j1 '(${UNTIL_GO}; echo late) & echo {}' ::: 1 2; yonder logs @`,
  );
  place.run("touch go; sleep 0.2");
  assert.deepEqual([status, stdout], [0, "1\n2\n1\n2\n"]);
  assert.equal(place.run("yonder logs @").stdout, "1\n2\n");
});

test("a slot's shell that is killed takes its job along, and every job has its outcome", async () => {
  using place = sandbox();
  const { status } = place.run("yonder -j1 'kill -9 $PPID; sleep 0.2; echo {} >>late' ::: 1 2 3");
  assert.equal(status, 3);
  await sleep(500);
  assert.ok(!existsSync(join(place.directory, "late")));
});

test("as many slots as one asks for are not made for two jobs", () => {
  using place = sandbox();
  assert.equal(place.run("yonder -k -j1000000 echo ::: 1 2").stdout, "1\n2\n");
});

test("yonder: the first signal drains, with a message; the second kills; resume runs the rest", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    using place = sandbox();
    const once = place.start(`yonder -j2 'touch r{}; ${UNTIL_GO}; echo {}' ::: 1 2 3 4`);
    await until(() => existsSync(join(place.directory, "r1")) && existsSync(join(place.directory, "r2")));
    once.kill(signal);
    await until(() => DRAINS.test(once.said()));
    place.run("touch go");
    const drained = await once.ended;
    assert.deepEqual(drained.stdout.split("\n").sort(), ["", "1", "2"]);
    const twice = place.start("yonder -j2 'touch s{}; sleep 60; echo {}' ::: 1 2 3 4");
    await until(() => existsSync(join(place.directory, "s2")));
    twice.kill(signal);
    await until(() => DRAINS.test(twice.said()));
    twice.kill(signal);
    assert.equal((await twice.ended).status, signal === "SIGINT" ? 130 : 143);
    assert.match(place.run("yonder show @").stdout, /cancelled/);
  }
});

test("parallel: the first SIGTERM or SIGINT kills, SIGHUP drains", async () => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    using place = sandbox();
    const run = place.start("parallel -j2 'touch r{}; sleep 2; echo {}' ::: 1 2 3 4");
    await until(() => existsSync(join(place.directory, "r1")) && existsSync(join(place.directory, "r2")));
    run.kill(signal);
    const { status, stdout } = await run.ended;
    if (signal === "SIGHUP") assert.deepEqual(stdout.split("\n").sort(), ["", "1", "2"]);
    else assert.deepEqual([status, stdout], [255, ""]);
  }
});

test("what was stopped runs again when the job goes on", async () => {
  using place = sandbox();
  const run = place.start("yonder -k -j2 'touch r{}; [ -e go ] || sleep 9; echo {}' ::: 1 2 3");
  await until(() => existsSync(join(place.directory, "r2")));
  run.kill("SIGTERM");
  await until(() => DRAINS.test(run.said()));
  run.kill("SIGTERM");
  await run.ended;
  assert.equal(place.run("touch go; yonder resume @").stdout, "1\n2\n3\n");
});

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    assert.ok(waited < 20_000, "nothing happened");
    await sleep(20);
  }
}

test("attempts are numbered through a job's life, whatever became of its drivers", () => {
  using place = sandbox();
  // Killed from within its second task; what that prints in its next attempt is large enough for a file of its own.
  const output = place.run(`
    yonder -j1 '[ {} = 1 ] || [ -e again ] || { touch again; kill -9 $PARALLEL_PID; sleep 9; }
      head -c 2000000 /dev/zero | tr "\\0" {}; [ {} = 1 ] || [ -e well ]' ::: 1 2 >out
    yonder resume @ >>out; echo $?; touch well; yonder resume --failed @ >out2; echo $?`);
  assert.equal(output.stdout, "1\n0\n", output.stderr);
  const told = place.run("yonder explain @ 2").stdout;
  assert.deepEqual(told.match(/^task 2, attempt .*$/gm), [
    "task 2, attempt 1: lost, its driver was killed while it ran",
    "task 2, attempt 2",
    "task 2, attempt 3",
  ]);
  assert.match(told, /^ {2}result +failed/m);
  assert.equal(
    place.run("tr -d 12 <out | wc -c; wc -c <out; tr -d 2 <out2 | wc -c; wc -c <out2").stdout,
    "0\n4000000\n0\n2000000\n",
  );
});
