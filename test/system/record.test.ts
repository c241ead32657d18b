import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Ended, type Sandbox, type Started, sandbox } from "./sandbox.ts";

/** What is recorded of a job: over all its runs, and nothing that has failed or has not run is a success. */

interface Recorded {
  readonly id: string;
  readonly state: string;
  readonly exitCode?: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** What `jobs`, `show` and `wait` say of the newest job: the same. */
function recorded(place: Sandbox): Recorded {
  const job = JSON.parse(place.run("yonder jobs --json --limit 1").stdout) as Recorded;
  const shown = JSON.parse(place.run("yonder show @ --json").stdout) as Recorded;
  assert.deepEqual([shown.state, shown.exitCode, shown.counts], [job.state, job.exitCode, job.counts]);
  const { status } = place.run("yonder wait @");
  assert.equal(status, job.state === "interrupted" ? 255 : job.exitCode);
  assert.equal(status === 0, job.state === "succeeded");
  return job;
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    assert.ok(tries < 6000, `never: ${isSo}`);
    await sleep(10);
  }
}

/** The directory of the only job, once it has been asked for. */
async function requested(place: Sandbox): Promise<string> {
  const jobs = join(place.directory, "state/yonder/jobs");
  let directory = "";
  await until(() => {
    const [id] = existsSync(jobs) ? readdirSync(jobs) : [];
    if (id !== undefined) directory = join(jobs, id);
    return existsSync(join(directory, "request.json"));
  });
  return directory;
}

async function killed(run: Started): Promise<Ended> {
  run.kill("SIGKILL");
  return run.ended;
}

test("resume with nothing to run: what has failed has failed, and is told with what to do", () => {
  using place = sandbox();
  assert.equal(place.run("yonder '[ {} != 2 ]' ::: 1 2 3").status, 1);
  const before = recorded(place);
  const { status, stderr } = place.run("yonder resume @");
  assert.equal(status, 1);
  assert.equal(stderr, `yonder: nothing left to run; 1 failed: yonder resume --failed ${before.id}\n`);
  assert.deepEqual(recorded(place), before);
  const noSuch = place.run("yonder resume --task 1,9 @");
  assert.equal(noSuch.status, 1);
  assert.match(noSuch.stderr, /has no task 9: it has 3\n/);
  assert.deepEqual(recorded(place), before);
  assert.equal(place.run("yonder resume --failed @").status, 1);
  assert.deepEqual([recorded(place).state, recorded(place).counts], [before.state, before.counts]);
});

test("resume --failed makes a success of a job whose tasks succeed then, and only of such a one", () => {
  using place = sandbox();
  assert.equal(place.run("yonder 'echo {}; [ -e {} ]' ::: a b c").status, 3);
  const some = place.run("touch a b; yonder resume --failed @");
  assert.equal(some.status, 1);
  assert.match(some.stderr, /^1 of 3 failed:\n {2}3: exit 1/);
  assert.equal(recorded(place).state, "failed");
  assert.equal(place.run("touch c; yonder resume --failed @").status, 0);
  assert.equal(recorded(place).state, "succeeded");
  const { status, stderr } = place.run("yonder resume --failed @");
  assert.deepEqual([status, stderr], [0, "yonder: nothing left to run; all 3 succeeded\n"]);
});

test("resume shows all that runs, also in a file that others have written to since", () => {
  using place = sandbox();
  const script = `
    yonder -k 'echo {}; echo err {} >&2; [ {} != 2 ]' ::: 1 2 3
    echo others; echo others >&2
    yonder resume --failed @
  `;
  place.run(`{ ${script} } > out 2> err; { ${script} } > both 2>&1`);
  const lines = (name: string): string[] => place.run(`grep -v failed ${name}`).stdout.split("\n");
  assert.deepEqual(lines("out"), ["1", "2", "3", "others", "2", ""]);
  const count = (name: string, line: string): number => lines(name).filter((one) => one === line).length;
  assert.equal(count("err", "err 2"), 2);
  assert.deepEqual([count("both", "2"), count("both", "err 2")], [2, 2]);
});

test("a driver is killed after a failure: it counts, whatever the rest does", async () => {
  using place = sandbox();
  const run = place.start("yonder -j1 'touch at{}; [ {} != 3 ] || sleep 60; [ {} != 2 ]; exit' ::: 1 2 3 4");
  await until(() => existsSync(join(place.directory, "at3")));
  await killed(run);
  assert.equal(recorded(place).state, "interrupted");
  const resumed = place.run("sleep() { :; }; export -f sleep; yonder resume @");
  assert.equal(resumed.status, 1);
  assert.match(resumed.stderr, /^1 of 4 failed:\n {2}2: exit 1: /);
  const { state, exitCode, counts } = recorded(place);
  assert.deepEqual([state, exitCode, counts["failed"], counts["succeeded"]], ["failed", 1, 1, 3]);
});

test("halt, skip and retries: the whole job decides after a resume", () => {
  using place = sandbox();
  assert.equal(place.run("yonder -j1 --halt now,fail=1 '[ {} != 2 ]; exit $((7*$?))' ::: 1 2 3 4").status, 7);
  assert.equal(recorded(place).exitCode, 7);
  // The halt has stopped tasks that can run now; the one that failed stays one that failed.
  assert.equal(place.run("yonder resume @").status, 1);
  assert.deepEqual(recorded(place).counts["succeeded"], 3);
  assert.equal(place.run("yonder --retries 2 '[ {} != 2 ]' ::: 1 2; yonder resume @").status, 1);
  assert.equal(place.run("yonder 'echo {= skip() if $_ == 2 =}' ::: 1 2; yonder resume @").status, 1);
  const skipped = place.run("yonder resume @").stderr;
  assert.equal(skipped, "yonder: nothing left to run; 1 succeeded, 1 skipped\n");
});

test("a job that one signal has kept from running all its tasks has not succeeded", async () => {
  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    using place = sandbox();
    const run = place.start("yonder -j1 'touch at{}; until [ -e go ]; do sleep 0.02; done' ::: 1 2 3");
    await until(() => existsSync(join(place.directory, "at1")));
    run.kill(signal);
    await until(() => /No new jobs/.test(run.said()));
    writeFileSync(join(place.directory, "go"), "");
    const { stderr, ...ended } = await run.ended;
    assert.equal(ended.status, status);
    const { id, state, exitCode } = recorded(place);
    assert.deepEqual([state, exitCode], ["cancelled", status]);
    assert.match(stderr, new RegExp(`\n2 of 3 have not run\\. Run the rest: yonder resume ${id}\n$`));
    assert.equal(place.run("yonder resume @").status, 0);
    assert.equal(recorded(place).state, "succeeded");
  }
});

test("a signal that came when all tasks were under way has changed nothing, if they end well", async () => {
  using place = sandbox();
  const run = place.start("yonder 'touch at{}; until [ -e go ]; do sleep 0.02; done; [ {} = 1 ]' ::: 1");
  await until(() => existsSync(join(place.directory, "at1")));
  run.kill("SIGTERM");
  await until(() => /No new jobs/.test(run.said()));
  writeFileSync(join(place.directory, "go"), "");
  assert.equal((await run.ended).status, 0);
  assert.equal(recorded(place).state, "succeeded");
});

test("cancel and cancel --drain leave a job that has not succeeded", async () => {
  for (const [how, status] of [
    ["", 143],
    ["--drain", 129],
  ] as const) {
    using place = sandbox();
    // As nohup does it: SIGHUP is ignored.
    const run = place.start(
      "trap '' HUP; yonder -j1 'touch at{}; until [ -e go ]; do sleep 0.02; done' ::: 1 2 3",
    );
    await until(() => existsSync(join(place.directory, "at1")));
    assert.equal(place.run(`yonder cancel ${how} @`).status, 0);
    writeFileSync(join(place.directory, "go"), "");
    assert.equal((await run.ended).status, status);
    assert.deepEqual([recorded(place).state, recorded(place).exitCode], ["cancelled", status]);
  }
});

test("parallel: statuses as there, and the record tells what has not run", async () => {
  for (const [signal, status, exitCode] of [
    ["SIGINT", 255, 130],
    ["SIGTERM", 255, 143],
    ["SIGHUP", 0, 129],
  ] as const) {
    using place = sandbox();
    const run = place.start("parallel -j1 'touch at{}; until [ -e go ]; do sleep 0.02; done' ::: 1 2 3");
    await until(() => existsSync(join(place.directory, "at1")));
    run.kill(signal);
    if (signal === "SIGHUP") await until(() => run.said() !== "");
    writeFileSync(join(place.directory, "go"), "");
    assert.equal((await run.ended).status, status);
    assert.deepEqual([recorded(place).state, recorded(place).exitCode], ["cancelled", exitCode]);
  }
});

test("killed before it has read its standard input: nobody knows what was in it", async () => {
  using place = sandbox();
  // Nothing comes, so that nothing has been read at any moment.
  const run = place.start("yonder echo < <(exec sleep 60 2>/dev/null)");
  const directory = await requested(place);
  await killed(run);
  rmSync(join(directory, "stdin"), { force: true });
  const { status, stderr } = place.run("yonder resume @");
  assert.equal(status, 255);
  assert.match(stderr, /before it had read its standard input/);
  assert.deepEqual([recorded(place).state, recorded(place).exitCode], ["failed", 255]);
});

test("input that was cut off is run as far as it is known, and does not count as success, at any resume", async () => {
  using place = sandbox();
  const run = place.start("yonder -j1 'echo {}' < <(printf '1\\n2\\n3'; exec sleep 60 2>/dev/null)");
  await until(() => run.shown() === "1\n2\n");
  await killed(run);
  for (let time = 0; time < 2; time++) {
    const { status, stderr } = place.run("yonder resume @");
    assert.equal(status, 255);
    assert.match(stderr, /what it had not read is lost/);
    assert.match(stderr, /nothing left to run of the input that is known; 2 succeeded\n$/);
    assert.equal(recorded(place).state, "failed");
  }
});

test("a short input that has ended is known as a whole, though few of its tasks have begun", async () => {
  using place = sandbox();
  const run = place.start("yonder -k -j2 'touch begun; [ -e go ] || sleep 60; echo {}' < <(seq 600)");
  const directory = await requested(place);
  await until(() => existsSync(join(place.directory, "begun")));
  const journal = join(directory, "journal.jsonl");
  await until(() => place.run(`grep -c '"type":"input"' ${journal}`).stdout.trim() === "1");
  await killed(run);
  const { status, stdout, stderr } = place.run("touch go; yonder resume @");
  assert.deepEqual([status, stderr], [0, ""]);
  assert.equal(stdout.split("\n").length, 601);
});

test("files of arguments that are gone or have changed are no success; nor is a pipe that is read again", async () => {
  const job = "'touch begun; [ -e go ] || sleep 60; echo {}'";
  const cases = [
    [`yonder -j1 ${job} :::: list`, "rm list", /Cannot open input file/],
    [`yonder -j1 ${job} <list`, "rm list", /cannot be opened/],
    [`yonder -a list -j1 ${job}`, "echo 3 >>list", /has changed since/],
    [`yonder -j1 ${job} <list`, "echo 3 >>list", /has changed since/],
    [`yonder -j1 ${job} :::: <(cat list)`, ":", /no regular file/],
    [`yonder -j1 --pipe -N1 ${job} < <(cat list)`, ":", /from a pipe, which is gone/],
    [`yonder -j1 --pipe -N1 ${job} <list`, "echo 3 >>list", /has changed since/],
    [`yonder -j1 --pipepart --block 1 -a list ${job}`, "echo 3 >>list", /has changed since/],
  ] as const;
  for (const [command, change, message] of cases) {
    using place = sandbox();
    writeFileSync(join(place.directory, "list"), "1\n2\n");
    const run = place.start(command);
    await until(() => existsSync(join(place.directory, "begun")));
    await killed(run);
    const { status, stderr } = place.run(`touch go; ${change}; yonder resume @`);
    assert.equal(status, 255, `${command}: ${stderr}`);
    assert.match(stderr, message);
    assert.equal(recorded(place).state, "failed");
    assert.notEqual(place.run("yonder resume @").status, 0, command);
  }
});

test("resume where the job's directory is gone says so, and changes nothing", () => {
  using place = sandbox();
  assert.equal(place.run("mkdir d; cd d; yonder false ::: 1").status, 1);
  const before = recorded(place);
  const { status, stderr } = place.run("rmdir d; yonder resume --failed @");
  assert.equal(status, 255);
  assert.match(stderr, /Error: the job ran in .*\n.*make the directory again/);
  assert.deepEqual(recorded(place), before);
});

test("what a job that is over had read may be gone", () => {
  using place = sandbox();
  assert.equal(place.run("seq 3 >list; yonder -k echo :::: list; rm list; yonder resume @").status, 0);
  assert.equal(place.run("seq 3 | yonder --pipe cat; yonder resume @").status, 0);
  assert.equal(recorded(place).state, "succeeded");
});

test("an interrupted job has taken as long as it ran, whenever somebody looks", async () => {
  using place = sandbox();
  const run = place.start("yonder 'touch begun; sleep 60' ::: 1");
  const directory = await requested(place);
  await until(() => existsSync(join(place.directory, "begun")));
  await killed(run);
  const lastMs = Math.max(
    ...["request.json", "status.json", "journal.jsonl"]
      .map((name) => statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0)
      .map(Math.ceil),
  );
  await sleep(50);
  const { endedMs } = JSON.parse(place.run("yonder jobs --json").stdout) as { endedMs: number };
  assert.ok(endedMs <= lastMs, `${endedMs - lastMs} ms after it was last heard of`);
});
