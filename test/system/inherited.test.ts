import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { type Scratch, scratch } from "./scratch.ts";

/** What jobs have of what was there before us: asked of the kernel by a job itself. */
const NO_PROC = existsSync("/proc/self/limits") ? false : "there is no /proc here";

function said(place: Scratch, script: string): string {
  const { stdout, stderr } = place.run(script);
  assert.equal(stderr, "");
  return stdout;
}

test("a job's limits, umask and niceness are those of the shell that called", { skip: NO_PROC }, () => {
  using place = scratch([]);
  const job = "'ulimit -Sn; ulimit -Hn; ulimit -c; umask; nice; : {}'";
  const limits = "ulimit -Sn 200; ulimit -c 0; umask 027";
  const expected = said(place, `${limits}; nice -n 3 sh -c ${job}`);
  assert.equal(said(place, `(${limits}; nice -n 3 yonder ${job} ::: 1)`), expected);
  assert.equal(said(place, `(${limits}; nice -n 3 yonder -u ${job} ::: 1)`), expected);
  // The one that is started again without a terminal has it from the one that starts it.
  const submitted = `id=$(${limits}; nice -n 3 yonder submit ${job} ::: 1); yonder wait $id; yonder logs $id`;
  assert.equal(said(place, submitted), expected);
});

test("a job's signals are ignored where they were before us, and only there", { skip: NO_PROC }, () => {
  using place = scratch([]);
  const job = "grep SigIgn /proc/self/status";
  for (const ignored of [":", "trap '' HUP", "trap '' HUP INT QUIT TERM PIPE USR1"]) {
    const expected = said(place, `(${ignored}; sh -c '${job}')`);
    assert.equal(said(place, `(${ignored}; yonder '${job}; : {}' ::: 1)`), expected, ignored);
    assert.equal(said(place, `(${ignored}; yonder -N0 ${job} ::: 1)`), expected, ignored);
  }
});

test("nohup: the end of a terminal ends neither the job nor us", { skip: NO_PROC }, () => {
  using place = scratch([]);
  const job = "kill -HUP $PPID; kill -HUP $$; echo still {}";
  const { stdout } = place.run(
    `nohup yonder -k '${job}; kill -HUP $PARALLEL_PID; sleep 0.2; echo here' ::: a b`,
  );
  assert.equal(stdout, "still a\nhere\nstill b\nhere\n");
});

test("a job has the descriptors that were open before us", { skip: NO_PROC }, () => {
  using place = scratch([]);
  assert.equal(said(place, "yonder 'echo {} >&8' ::: a 8>&1"), "a\n");
  assert.equal(said(place, "yonder -u 'cat <&8; : {}' ::: a 8<<<word"), "word\n");
});

test("the shell of the jobs is the nearest one, whatever stands between", { skip: NO_PROC }, (t) => {
  if (spawnSync("timeout", ["--version"]).error) return t.skip("timeout is not installed");
  using place = scratch([]);
  const callers = [
    "timeout 60",
    "env",
    "nice",
    "find . -maxdepth 0 -exec",
    "setsid -w",
    "timeout 60 env nice",
  ];
  for (const caller of callers) {
    const end = caller.startsWith("find") ? "';'" : "";
    // A last command would take the place of its shell, which then were no ancestor.
    const script = `unset SHELL; f() { echo "f $1 $BASH"; }; export -f f; ${caller} yonder f ::: a ${end}; :`;
    assert.match(said(place, script), /^f a \/.*bash\n$/, caller);
  }
  assert.match(said(place, `dash -c "timeout 60 yonder 'echo \\$0' ::: a; :"`), /\/dash a\n$/);
  const submitted = "id=$(timeout 60 yonder submit f ::: b); yonder wait $id; yonder logs $id";
  assert.equal(said(place, `unset SHELL; f() { echo f $1; }; export -f f; ${submitted}`), "f b\n");
});

test("a shell that is not there is refused before anything runs", () => {
  using place = scratch([]);
  for (const shell of ["/nosuch/zsh", "nosuchshell", "/tmp", "/etc/passwd"]) {
    const { stdout, stderr, status } = place.run(`PARALLEL_SHELL=${shell} yonder echo ::: a b`);
    assert.deepEqual([stdout, status], ["", 255], shell);
    assert.match(stderr, new RegExp(`the shell of the jobs, ${shell}, cannot be run`));
    assert.match(stderr, /set PARALLEL_SHELL to a shell that is there/);
  }
  assert.match(said(place, "PARALLEL_SHELL=bash yonder 'echo $BASH' ::: a"), /\/bash a\n/);
});
