import assert from "node:assert/strict";
import { after, afterEach, before, describe, test as plainTest } from "node:test";
import { type Sandbox, type Started, sandbox } from "../system/sandbox.ts";
import { eventually, joblogOf, sleepers } from "./jobs.ts";
import { type SshLab, sshLab } from "./lab.ts";
import type { NamespaceHost } from "./namespace-host.ts";
import { labRefusal } from "./refusal.ts";

const test: (name: string, run: () => Promise<void>) => void = (name, run) =>
  plainTest(name, { timeout: 120_000 }, run);

const LONG_WIRE = { skip: labRefusal("wire"), timeout: 120_000 };

describe("hosts that fail and come back, kinds of hosts, far ones", { skip: labRefusal("namespace") }, () => {
  let lab!: SshLab;
  let [alice, bob, carol, dave]: NamespaceHost[] = [];
  let box!: Sandbox;
  before(async () => {
    lab = await sshLab();
    [alice, bob, carol, dave] = await Promise.all([
      lab.namespace("alice"),
      lab.namespace("bob", { shell: "/bin/dash", lacks: ["bash", "perl"] }),
      lab.namespace("carol", {
        user: "cleo",
        rc: "echo Welcome to carol; echo Careful >&2",
        clockOffsetMs: 3_600_500,
      }),
      lab.namespace("dave", { diskBytes: 4_000_000 }),
    ]);
    box = sandbox({ PATH: lab.env["PATH"] });
  });
  after(async () => {
    box?.[Symbol.dispose]();
    await lab.close();
  });
  /** Whatever has happened: nothing of ours runs there, and nothing of ours lies there. */
  afterEach(async () => {
    for (const host of [alice!, bob!, carol!, dave!]) {
      await eventually(
        () => host.processes().length === 0,
        () => `${host.name}: ${JSON.stringify(host.processes())}`,
        70_000,
      );
      assert.deepEqual(
        host.files("/tmp").filter((file) => file.startsWith("yonder")),
        [],
      );
    }
  });

  const numbers = (to: number): string[] => Array.from({ length: to }, (_, index) => `${index + 1}`);

  /** Each task has one outcome, and the output of exactly that attempt. */
  async function assertAllDone(job: Started, tasks: number): Promise<string> {
    const { status, stdout, stderr } = await job.ended;
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.trimEnd().split("\n"), numbers(tasks), stderr);
    const log = joblogOf(box, "log");
    assert.deepEqual(
      log.map(({ seq, exit }) => [seq, exit]).sort(([one], [other]) => one! - other!),
      numbers(tasks).map((seq) => [Number(seq), 0]),
    );
    return stderr;
  }

  /** Tasks of a good second each, that run at alice and bob. */
  async function startLongJob(tasks: number): Promise<Started> {
    const job = box.start(
      `yonder -S 2/alice,2/bob --host-timeout 3 --retries 3 -k --joblog log 'sleep 1.0001; echo {}' ::: $(seq ${tasks})`,
    );
    await eventually(
      () => sleepers(alice!).length === 2 && sleepers(bob!).length === 2,
      () => `they run: ${job.said()}`,
    );
    return job;
  }

  test("all kinds of hosts: dash only, bash, a banner, another user, a wrong clock", async () => {
    const { status, stdout, stderr } = box.run(
      "yonder -S alice,bob,carol,dave --nonall -k --tag --joblog log 'id -un; echo $HOME; echo bad >&2' && cat log | cut -f2,4",
    );
    assert.equal(status, 0, stderr);
    const users = ["alice", "bob", "cleo", "dave"];
    const names = ["alice", "bob", "carol", "dave"];
    const wanted = names.flatMap((name, index) => [
      `${name}\t${users[index]}`,
      `${name}\t/home/${users[index]}`,
    ]);
    const lines = stdout.trimEnd().split("\n");
    // A login shell that has something to say says it in every job, as it does under ssh.
    assert.deepEqual(
      lines.slice(0, -5).filter((line) => !line.includes("Welcome")),
      wanted,
    );
    // Times are ours.
    for (const line of lines.slice(-4)) assert.ok(Number(line.split("\t")[1]) < 60, line);
  });

  test("kill -9 of the sshds of its sessions, in mid-job: it is lost, comes back, and gets work again", async () => {
    const job = await startLongJob(24);
    alice!.killSessions();
    await eventually(() => job.said().includes("alice is back"), job.said);
    const before = new Set(joblogOf(box, "log").map(({ seq }) => seq));
    const stderr = await assertAllDone(job, 24);
    assert.match(stderr, /alice is lost/);
    const later = joblogOf(box, "log").filter(({ seq, host }) => host === "alice" && !before.has(seq));
    assert.ok(later.length > 0, "it has done some after it came back");
  });

  test("hosts that are there from the start to nobody: refused keys, no network, no sshd", async () => {
    alice!.refuseKeys();
    await carol!.down();
    dave!.killSshd();
    const { status, stdout, stderr } = box.run("yonder -S alice,bob,carol,dave -k echo ::: 1 2 3 4");
    assert.deepEqual([status, stdout], [0, "1\n2\n3\n4\n"], stderr);
    assert.match(stderr, /alice: .*Permission denied \(publickey\).*\n.*ssh alice true/);
    assert.match(stderr, /dave: .*Connection refused.*\n.*ssh dave true/);
    const none = box.run("yonder -S alice,carol,dave -k echo ::: 1 2 3 4");
    assert.deepEqual([none.status, none.stdout], [255, ""]);
    assert.match(none.stderr, /carol: .*No route to host.*\n.*ssh carol true/);
    assert.match(none.stderr, /none of the hosts can be reached/);
    alice!.acceptKeys();
    await carol!.up();
    await dave!.startSshd();
  });

  test("a full disk: jobs run, and those that write hear of it", async () => {
    for (const leave of [0, 8192]) {
      await dave!.fillDisk(leave);
      const { status, stdout, stderr } = box.run(
        "yonder -S 2/dave -k 'echo {}; [ {} != 3 ] || head -c 100000 /dev/zero >file' ::: 1 2 3 4 5 6",
      );
      assert.deepEqual([status, stdout], [1, "1\n2\n3\n4\n5\n6\n"], stderr);
      assert.match(stderr, /No space left on device/);
      const piped = box.run("seq 1000 | yonder -S 2/dave -k --pipe --block 1k cat");
      assert.equal(piped.stdout.trimEnd(), numbers(1000).join("\n"), piped.stderr);
      const file = box.run("seq 5000 | yonder -S 1/dave --pipe --block 100k --cat 'cksum {}'");
      assert.match(`${file.status} ${file.stderr}`, /^1 .*No space left on device/s);
      await dave!.freeDisk();
      await dave!.exec("rm -f file");
    }
    const filling = box.run(
      "yonder -S 2/dave -k 'head -c 3000000 /dev/zero >{}; echo {}; sleep 0.1' ::: 1 2 3 4 5 6 7 8",
    );
    assert.equal(
      filling.stdout,
      numbers(8)
        .map((line) => `${line}\n`)
        .join(""),
      filling.stderr,
    );
    await dave!.exec("rm -f [1-8]");
  });

  plainTest("far away: slots do not wait for us between two jobs", LONG_WIRE, async () => {
    await alice!.netem({ delayMs: 100 });
    for (const [command, tasks] of [
      ["echo", 150],
      ["true", 80],
    ] as const) {
      const job = box.start(`yonder -S 2/alice --joblog log ${command} ::: $(seq ${tasks})`);
      assert.equal((await job.ended).status, 0, job.said());
      const times = joblogOf(box, "log").map(({ startS, runtimeS }) => [startS, startS + runtimeS]);
      const spanS = Math.max(...times.map(([, end]) => end!)) - Math.min(...times.map(([start]) => start!));
      const perRoundTrip = tasks / 2 / (spanS / 0.2);
      // On a busy machine jobs are not short, and slots are kept ahead for short ones alone.
      const meanS = times.reduce((sum, [start, end]) => sum + end! - start!, 0) / tasks;
      const isWorth = meanS < 0.01;
      assert.ok(
        perRoundTrip > 2 || !isWorth,
        `${command}: ${perRoundTrip} jobs a slot in the time of a round trip, ${meanS} s each`,
      );
    }
  });

  plainTest("far away behind a bad cable: all output is right", LONG_WIRE, async () => {
    await alice!.netem({ delayMs: 100, lossPercent: 2 });
    await assertAllDone(
      box.start(`yonder -S 4/alice --host-timeout 30 -k --joblog log echo ::: $(seq 100)`),
      100,
    );
    const big = box.run(
      "yonder -S alice --host-timeout 30 'head -c 300000 /dev/zero; :' ::: 1 | cksum; head -c 300000 /dev/zero | cksum",
    );
    const [got, wanted] = big.stdout.split("\n");
    assert.equal(got, wanted, big.stderr);
    await alice!.netem({});
  });
});
