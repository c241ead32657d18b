import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sandbox } from "./sandbox.ts";

/** What a machine gives too little of: fewer jobs run at a time, and all of them run. */

const lines = (text: string): number => text.split("\n").length - 1;
const failures = (joblog: string): number =>
  joblog
    .split("\n")
    .slice(1, -1)
    .filter((line) => line.split("\t")[6] !== "0").length;

test("too few descriptors for all slots", () => {
  for (const [limit, how] of [
    [40, ""],
    [64, ""],
    [64, "-k --tag"],
    [64, "-u"],
    [64, "--line-buffer"],
    [64, "--results {#}.out"],
    [64, "--results out.csv"],
    [64, "--files --compress"],
    [100, "-j0"],
    [100, "-j1000"],
  ] as const) {
    using place = sandbox();
    const command = `ulimit -n ${limit}; yonder -j50 ${how} --joblog log 'sleep 0.05; echo {}' ::: $(seq 60)`;
    const { status, stderr } = place.run(command);
    assert.equal(status, 0, `${limit} ${how}: ${stderr}`);
    const log = readFileSync(join(place.directory, "log"), "latin1");
    assert.equal(lines(log), 61);
    assert.equal(failures(log), 0);
    if (how !== "-j0") assert.match(stderr, /Warning: Only enough file handles to run \d+ jobs in parallel/);
  }
});

test("too few descriptors for all slots of --pipe", () => {
  for (const how of ["", "--round-robin", "--fifo", "--cat"]) {
    using place = sandbox();
    const reads = /fifo|cat/.test(how) ? "cat {}" : "cat";
    const command = `ulimit -n 64; seq 20000 | yonder -j50 --pipe ${how} --block 2k '${reads}' | sort -n | cksum; seq 20000 | cksum`;
    const { stdout, stderr } = place.run(command);
    const [got, wanted] = stdout.trim().split("\n");
    assert.equal(got, wanted, `${how}: ${stderr}`);
  }
});

test("too few descriptors for anything at all are named, whatever the job needs them for", () => {
  for (let limit = 22; limit <= 40; limit += 2) {
    using place = sandbox();
    const { status, stderr } = place.run(`seq 9 >in; ulimit -n ${limit}; yonder --pipe cat <in >out`);
    if (status === 0)
      assert.equal(readFileSync(join(place.directory, "out"), "latin1"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    else assert.match(stderr, /Error: .*(EMFILE|not enough file)/, `${limit}`);
    assert.doesNotMatch(stderr, /internal error|has FIFOs/, `${limit}`);
  }
});

test("jobs that must run at the same time are refused where they cannot", () => {
  using place = sandbox();
  const { status, stderr } = place.run(
    "ulimit -n 64; seq 9 | yonder --pipe --tee 'wc -l; : {}' ::: $(seq 40)",
  );
  assert.equal(status, 255);
  assert.match(stderr, /cannot run 40 jobs at the same time: not enough file handles\n.*ulimit -n/);
});

test("too few processes: what could not be started has not failed", (t) => {
  if (process.getuid?.() !== 0 || spawnSync("setpriv", ["--version"]).status !== 0)
    return t.skip("needs root and setpriv, to become another user");
  using place = sandbox();
  // A user whom nobody is, so that only these processes count. The way to the program may be root's alone.
  const uid = 50_000 + (process.pid % 10_000);
  chmodSync(place.directory, 0o777);
  const as = `setpriv --reuid=${uid} --regid=${uid} --clear-groups env HOME=$PWD/home XDG_STATE_HOME=$PWD/home`;
  const jobs = `yonder -j50 --joblog log 'sleep 0.05; : {}' ::: $(seq 40)`;
  place.run(`mkdir -m 777 home`);
  const body = place.run(`declare -f yonder`).stdout;
  const script = `${body}\n${jobs}`;
  for (const limit of [16, 30, 60]) {
    const { status, stderr } = place.run(`rm -f log; ${as} prlimit --nproc=${limit} bash -c "$1"`, [script]);
    if (/EACCES|Permission denied/.test(stderr)) return t.skip("the program is not for other users");
    assert.equal(status, 0, stderr);
    const log = readFileSync(join(place.directory, "log"), "latin1");
    assert.equal(lines(log), 41);
    assert.equal(failures(log), 0);
  }
});
