import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { processesOf } from "./crash/judge.ts";
import { type Sandbox, sandbox } from "./sandbox.ts";

test("a submitted job outlives its terminal, and can be waited for", () => {
  using place = sandbox();
  // script(1) gives it a terminal, which is gone when the inner shell ends.
  writeFileSync(
    join(place.directory, "job"),
    "yonder submit -j1 'sleep 0.5; echo {}; exit {}' ::: 0 3 >id\n",
  );
  const inner = place.run(
    "declare -f yonder >functions; cat functions job >both; script -qec 'bash both' /dev/null </dev/null",
  );
  assert.equal(inner.status, 0, inner.stdout);
  const id = readFileSync(join(place.directory, "id"), "latin1").trim();
  assert.match(id, /^\w+$/);
  assert.equal(jobOf(place).state, "running");
  const waited = place.run(`yonder wait ${id}; echo $?; yonder logs ${id}`);
  assert.equal(waited.stdout, "1\n0\n3\n");
  assert.equal(jobOf(place).state, "failed");
});

test("a running job can be looked at, followed and cancelled; nothing of it lives on", () => {
  using place = sandbox();
  const id = place.run("yonder --detach -j1 'echo {}; [ {} = 1 ] || sleep 60' ::: 1 2 3").stdout.trim();
  place.run(`until yonder logs ${id} | grep -q 1; do sleep 0.1; done`);
  assert.match(place.run(`yonder explain ${id} 3`).stdout, /./);
  assert.equal(place.run(`yonder wait ${id} --timeout 0.2; echo $?`).stdout, "124\n");
  const follow = place.start(`yonder logs -f ${id}`);
  assert.equal(place.run(`yonder cancel ${id}`).status, 0);
  assert.equal(jobOf(place).state, "cancelled");
  assert.deepEqual(processesOf(id), []);
  return follow.ended.then(({ status, stdout }) => {
    assert.equal(status, 0);
    assert.match(stdout, /^1\n/);
  });
});

test("a detached job whose driver is killed is interrupted, and resume runs the rest", async () => {
  using place = sandbox();
  const id = place
    .run("seq 3 | yonder submit -k -j1 'echo {}; [ -e go ] || [ {} = 1 ] || sleep 60'")
    .stdout.trim();
  place.run(`until yonder logs ${id} | grep -q 1; do sleep 0.1; done`);
  const { driver } = JSON.parse(place.run(`yonder show ${id} --json`).stdout) as { driver: { pid: number } };
  process.kill(driver.pid, "SIGKILL");
  for (let tries = 0; tries < 200 && jobOf(place).state === "running"; tries++) await sleep(20);
  assert.equal(jobOf(place).state, "interrupted");
  assert.equal(place.run(`yonder wait ${id} 2>/dev/null`).status, 255);
  const resumed = place.run(`touch go; yonder resume ${id}`);
  assert.equal(resumed.status, 0);
  assert.match(resumed.stdout, /2\n3\n$/);
  assert.deepEqual(processesOf(id), []);
  assert.equal(place.run(`yonder logs ${id}`).stdout, "1\n2\n3\n");
});

test("words that are wrong are told by submit itself, and leave no job", () => {
  using place = sandbox();
  const { status, stderr } = place.run("yonder submit -j x echo ::: 1");
  assert.equal(status, 255);
  assert.match(stderr, /Parsing of --jobs/);
  assert.equal(
    place.run("yonder jobs --json").stdout.trim(),
    place.run("XDG_STATE_HOME=$PWD/none yonder jobs --json").stdout.trim(),
  );
});

test("yonders that share --max-slots never run more jobs at once", async () => {
  using place = sandbox();
  const job = "mkdir -p run; : >run/$$; ls run | wc -l >>counts; sleep 0.1; rm run/$$; : {}";
  const runs = [1, 2, 3].map(() => place.start(`yonder -j4 --max-slots 3 '${job}' ::: {1..8}`));
  for (const run of runs) assert.equal((await run.ended).status, 0);
  const counts = readFileSync(join(place.directory, "counts"), "latin1").trim().split("\n").map(Number);
  assert.equal(counts.length, 24);
  assert.ok(Math.max(...counts) <= 3, `${Math.max(...counts)} ran at once`);
});

test("explain says why nothing starts, of a job that has only just begun, too", () => {
  using place = sandbox();
  const first = ": >begun; until test -e {}; do sleep 0.1; done";
  place.run(`yonder --detach --max-slots 1 '${first}' ::: go; until test -e begun; do sleep 0.1; done`);
  const second = "yonder --detach --max-slots 1 true ::: b";
  const { stdout } = place.run(`${second}; yonder explain @; : >go; yonder wait @`);
  assert.match(stdout, /; nothing more starts: other yonders use all 1 slots of the machine\n/);
});

test("--out: a file that exists is whole, whatever is killed", async () => {
  using place = sandbox();
  const script =
    "yonder -j3 --out 'out/{}' 'echo begin >{out}; sleep 1; echo end{} >>{out}; [ {} != 5 ]' ::: {1..9}";
  const run = place.start(script);
  for (let waited = 0; !existsSync(join(place.directory, "out/3")) && waited < 20_000; waited += 20)
    await sleep(20);
  const { driver } = JSON.parse(place.run("yonder show @ --json").stdout) as { driver: { pid: number } };
  process.kill(driver.pid, "SIGKILL");
  await run.ended;
  eachIsWhole(place);
  place.run("yonder resume @");
  eachIsWhole(place);
  const made = readdirSync(join(place.directory, "out")).sort();
  assert.deepEqual(made, ["1", "2", "3", "4", "6", "7", "8", "9"]);
});

function eachIsWhole({ directory }: Sandbox): void {
  for (const name of readdirSync(join(directory, "out"))) {
    if (name.startsWith(".")) continue;
    assert.equal(readFileSync(join(directory, "out", name), "latin1"), `begin\nend${name}\n`);
  }
}

function jobOf(place: Sandbox): { state: string } {
  return JSON.parse(place.run("yonder show @ --json").stdout) as { state: string };
}
