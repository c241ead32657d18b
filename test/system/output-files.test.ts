import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sandbox } from "./sandbox.ts";

test("a place for output that cannot be made is refused, with its name", () => {
  using place = sandbox();
  const refused: [words: string, says: RegExp][] = [
    ["--results /proc/none", /^yonder: Error: Cannot write to `\/proc\/none\/1\/1\/stdout'\.$/m],
    ["--results '/proc/none/{}/'", /^yonder: Error: Cannot write to `\/proc\/none\/1\/stdout'\.$/m],
    ["--results /proc/none.csv", /^yonder: Error: Cannot write to --results \/proc\/none\.csv\.$/m],
    ["--joblog /proc/none/log", /^yonder: Error: Cannot write to --joblog \/proc\/none\/log\.$/m],
    ["--out '/proc/none/{}'", /^yonder: Error: Cannot write to --out \/proc\/none\/1\.$/m],
    ["--out '/dev/null/{}'", /^yonder: Error: Cannot write to --out \/dev\/null\/1\.$/m],
    ["--workdir /proc/none", /^yonder: Error: cannot make the directory \/proc\/none of --workdir$/m],
  ];
  for (const [words, says] of refused) {
    const { status, stderr } = place.run(`yonder ${words} 'echo {out}' ::: 1 2`);
    assert.match(stderr, says, words);
    assert.doesNotMatch(stderr, /internal error/, words);
    assert.equal(status, 255, words);
  }
});

test("jobs with one path of --results run beside one another, each with its output for itself", () => {
  for (const name of ["yonder", "parallel"]) {
    for (const results of ["r", "'r/{}'", "'r/{}/'"]) {
      using place = sandbox();
      // Each ends when the other has begun to write.
      const job =
        "echo first-{#}; >began{#}; until [ -e began1 ] && [ -e began2 ]; do sleep 0.01; done; echo last-{#}";
      const { status } = place.run(`${name} -j2 --results ${results} '${job}' ::: a a`);
      assert.equal(status, 0, `${name} ${results}`);
      const files = place.run("cd r && find . -type f").stdout.split("\n");
      const read = (end: RegExp) =>
        readFileSync(join(place.directory, "r", files.find((file) => end.test(file))!), "utf8");
      const seq = read(/seq$/);
      assert.equal(read(/stdout$|a$/), `first-${seq}\nlast-${seq}\n`, `${name} ${results}`);
      if (name === "yonder") {
        assert.equal(place.run("yonder logs @ | sort").stdout, "first-1\nfirst-2\nlast-1\nlast-2\n");
      }
    }
  }
});

test("short jobs with one path all run, also where some wait in line behind others", () => {
  for (const results of ["out", "'out/{}.txt'"]) {
    using place = sandbox();
    const { status, stderr } = place.run(`yes a | head -300 | yonder -j2 --results ${results} echo`);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(place.run("yonder jobs --json").stdout, /"succeeded":300,/);
  }
});

test("results are there when their job has ended; until then what it writes can be followed beside them", async () => {
  using place = sandbox();
  const job = place.start(
    "yonder --results r 'echo early; until [ -e go ]; do sleep 0.01; done; : {}' ::: x",
  );
  const seen = place.run("until grep -s early r/1/x/.yonder-*.out; do sleep 0.01; done; ls r/1/x; >go");
  assert.equal(seen.stdout, "early\n");
  assert.equal((await job.ended).status, 0);
  const leaf = join(place.directory, "r/1/x");
  assert.deepEqual(readdirSync(leaf).sort(), ["seq", "stderr", "stdout"]);
});

test("a rerun replaces results one by one, and what fails for good is there too", () => {
  using place = sandbox();
  const run = (options: string, command: string) =>
    place.run(`yonder ${options} --results r '${command}' ::: x; cat r/1/x/stdout`).stdout;
  assert.equal(run("", "echo one: {}"), "one: x\n");
  assert.equal(run("--retries 3", "echo try >>tries; echo two: {}; false"), "two: x\n");
  assert.equal(readFileSync(join(place.directory, "tries"), "utf8"), "try\n".repeat(3));
  assert.equal(run("--timeout 0.3", "echo three: {}; sleep 9"), "three: x\n");
  assert.deepEqual(readdirSync(join(place.directory, "r/1/x")).sort(), ["seq", "stderr", "stdout"]);
  const cancelled = "yonder -j2 --halt now,fail=1 --results c 'echo {}; sleep {}; false' ::: 0.5 9";
  place.run(cancelled);
  assert.deepEqual(readdirSync(join(place.directory, "c/1/9")), [], "of a cancelled one nothing stays");
});

test("compressed results of jobs with one path are whole, too", () => {
  using place = sandbox();
  const { status } = place.run(
    "yonder -j4 --compress --results r 'seq {}' ::: 50000 50000 50000 50000 50000 50000",
  );
  assert.equal(status, 0);
  assert.equal(place.run("zcat r/1/50000/stdout | tail -n 1").stdout, "50000\n");
  assert.deepEqual(readdirSync(join(place.directory, "r/1/50000")).sort(), ["seq", "stderr", "stdout"]);
  assert.ok(!existsSync(join(place.directory, "r/1/50000/stdout.compressing")));
});

test("a full disk is said with the name of what cannot be written; with room, the job goes on", {
  skip: process.getuid?.() !== 0,
}, () => {
  const full: [words: string, says: RegExp, left: string][] = [
    [
      "--results small/t.csv",
      /cannot write to --results small\/t\.csv: ENOSPC/,
      "grep -c '^[1-5],' small/t.csv",
    ],
    [
      "--results small/t.json",
      /cannot write to --results small\/t\.json: ENOSPC/,
      "grep -c '}$' small/t.json",
    ],
    [
      "--results small/r",
      /the disk of small\/r\/1\/\d\/ is full/,
      "wc -c small/r/1/*/stdout | grep -c 60000",
    ],
    ["--results 'small/{}/'", /the disk of small\/\d\/ is full/, "wc -c small/*/stdout | grep -c 60000"],
    ["--files --tmpdir small", /the disk of small\/ is full/, "wc -c small/*.par | grep -c 60000"],
  ];
  for (const [words, says, left] of full) {
    using place = sandbox();
    const small = join(place.directory, "small");
    mkdirSync(small);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=200k", "none", small]);
    if (mounted.status !== 0) return; // not in this container
    try {
      const output = "head -c 60000 /dev/zero | tr '\\0' {}";
      const { status, stderr } = place.run(`yonder -j1 ${words} "${output}" ::: 1 2 3 4 5`);
      assert.match(stderr, says, words);
      assert.equal(status, 255, words);
      assert.equal(spawnSync("mount", ["-o", "remount,size=9m", small]).status, 0);
      const resumed = place.run("yonder resume --failed @ >/dev/null; echo $?");
      assert.equal(resumed.stdout, "0\n", `${words}: ${resumed.stderr}`);
      assert.equal(place.run(left).stdout, "5\n", words);
    } finally {
      spawnSync("umount", ["-l", small]);
    }
  }
});

test("a disk without room for more files is said, and so is an output that cannot be made", {
  skip: process.getuid?.() !== 0,
}, () => {
  using place = sandbox();
  const small = join(place.directory, "small");
  mkdirSync(small);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "nr_inodes=14", "none", small]);
  if (mounted.status !== 0) return; // not in this container
  try {
    for (const words of [
      "--results 'small/{}.out'",
      "--files --tmpdir small",
      "--no-journal --tmpdir small",
    ]) {
      const { status, stderr } = place.run(`yonder -j2 ${words} 'echo {} >small/{}.file' ::: $(seq 12)`);
      assert.equal(status, 255, words);
      assert.match(
        stderr,
        /disk of small\/.* has no room for more files|No space left|output file small\/.* could not be made/,
        words,
      );
      place.run("rm -rf small/* small/.y*");
    }
    const state = "export XDG_STATE_HOME=$PWD/small/state";
    const submitted = place.run(`${state}; touch small/{1..9}; yonder submit echo ::: a`);
    assert.equal(submitted.status, 255);
    assert.match(
      submitted.stderr,
      /^yonder: Error: a detached job needs a journal, and there can be none: ENOSPC/,
    );
    assert.equal(place.run(`${state}; rm small/[1-9]; yonder jobs`).stderr, "yonder: no jobs\n");
  } finally {
    spawnSync("umount", ["-l", small]);
  }
  const unmade = place.run("yonder -j1 --results '/proc/self/{}' 'echo {}' ::: a b");
  assert.equal(unmade.status, 255);
  assert.match(unmade.stderr, /the output file \/proc\/self\/.* could not be made, and the job has not run/);
});

test("results that somebody has removed do not stop a job from going on", () => {
  for (const results of ["r", "'r/{}/'", "'r/{}'"]) {
    using place = sandbox();
    const job = "echo {}; [ -e go ] || [ {} = 1 ]";
    assert.equal(place.run(`yonder -j1 --results ${results} --halt now,fail=1 '${job}' ::: 1 2 3`).status, 1);
    const { status, stderr } = place.run("rm -rf r; touch go; yonder resume --failed @");
    assert.equal(status, 0, `${results}: ${stderr}`);
    assert.equal(place.run("cat $(find r -type f -name '*3*' -o -path '*3/stdout')").stdout.slice(0, 1), "3");
  }
});

test("a program's last byte is its own, with whatever status it ends", () => {
  using place = sandbox();
  place.run("printf '#!/bin/sh\\necho said $1 >&2; exit $1\\n' >status; chmod +x status");
  const { stderr } = place.run("parallel -k -j1 ./status ::: 100 127 255 3 200");
  assert.equal(stderr, "said 100\nsaid 127\nsaid 255\nsaid 3\nsaid 200\n");
});
