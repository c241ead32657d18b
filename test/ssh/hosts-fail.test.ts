import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { program } from "../system/program.ts";
import { command, type Ended } from "./command.ts";
import { eventually, sleepers } from "./jobs.ts";
import { type SshLab, sshLab } from "./lab.ts";
import type { NamespaceHost } from "./namespace-host.ts";
import { labRefusal } from "./refusal.ts";

/** One host of two fails in mid-job. Names of tests say how; each leaves the hosts as they were. */
describe("hosts that fail", { skip: labRefusal("namespace"), concurrency: false }, () => {
  let lab!: SshLab;
  let [alice]: NamespaceHost[] = [];
  let directory = "";
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "yonder-hosts-"));
    lab = await sshLab();
    [alice] = await Promise.all([
      lab.namespace("alice", { shell: "/bin/dash", lacks: ["bash", "perl"], diskBytes: 20_000_000 }),
      lab.namespace("bob", { user: "cleo", rc: "echo Welcome to bob", clockOffsetMs: -3_600_000 }),
    ]);
  });
  after(async () => {
    await lab.close();
    rmSync(directory, { recursive: true });
  });

  function yonder(...words: string[]): Promise<Ended> {
    const env = { ...lab.env, XDG_STATE_HOME: join(directory, "state") };
    return command(process.execPath, [program, "run", ...words], { env, cwd: directory, timeoutMs: 100_000 });
  }

  /** Six tasks, and a delay by which alice is the first to get any: at alice they sleep until they are killed, at bob they end. */
  const STUCK = "case $(hostname) in alice) sleep 1234;; esac; echo {} $(hostname)";

  /** Runs them with retries, and lets `fail` happen when alice is at work. */
  async function loseAlice(name: string, fail: () => unknown): Promise<Ended> {
    const log = join(directory, name);
    const job = yonder(
      ...[
        "-S",
        "2/alice,2/bob",
        "--sshdelay",
        "4",
        "--host-timeout",
        "3",
        "--retries",
        "3",
        "--joblog",
        log,
        STUCK,
      ],
      ...[":::", "1", "2", "3", "4", "5", "6"],
    );
    await eventually(
      () => sleepers(alice!).length === 2,
      () => `alice runs ${JSON.stringify(alice!.processes())}`,
    );
    await fail();
    const ended = await job;
    assert.equal(ended.status, 0, ended.stderr);
    const lines = ended.stdout.trim().split("\n").sort();
    assert.deepEqual(lines, ["1 bob", "2 bob", "3 bob", "4 bob", "5 bob", "6 bob"]);
    const seqs = readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split("\t")[0]));
    assert.deepEqual(seqs.sort(), [1, 2, 3, 4, 5, 6], "one outcome each");
    assert.match(ended.stderr, /Warning: alice is lost: .*\n(.*\n)*alice: 0 jobs, 2 lost/);
    return ended;
  }

  async function nothingRuns(host: NamespaceHost): Promise<void> {
    await eventually(
      () => sleepers(host).length === 0 && host.files("/tmp").every((file) => !file.startsWith("yonder.")),
      () => `${host.name} has ${JSON.stringify(host.processes())} and ${host.files("/tmp").join()}`,
      90_000,
    );
  }

  test("sshd and its sessions are killed: the other host does the work, and nothing runs on", async () => {
    try {
      await loseAlice("killed", () => alice!.killSshd());
      await nothingRuns(alice!);
    } finally {
      await alice!.startSshd();
    }
  });

  test("the network goes: noticed within the time limit; what ran there is killed when nobody is heard", async () => {
    try {
      await loseAlice("partition", () => alice!.partition());
      await nothingRuns(alice!);
    } finally {
      await alice!.heal();
    }
  });

  test("sshd hangs", async () => {
    try {
      await loseAlice("stopped", () => alice!.stopSshd());
    } finally {
      alice!.contSshd();
    }
    await nothingRuns(alice!);
  });

  test("the host reboots, comes back and works on", async () => {
    const log = join(directory, "reboot");
    const job = yonder(
      ...["-S", "1/alice", "--host-timeout", "3", "--retries", "2", "--joblog", log],
      ...["echo {}; sleep 0.{}", ":::", ..."1234567".split("")],
    );
    await eventually(
      () => existsSync(log) && readFileSync(log, "utf8").split("\n").length > 2,
      () => "no job ends",
    );
    await alice!.reboot();
    const { status, stdout, stderr } = await job;
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.trim().split("\n").sort(), [..."1234567"]);
    assert.match(stderr, /alice is lost.*\n(.*\n)*.*alice is back/);
    // Nobody was left to remove it.
    await alice!.exec("rm -rf /tmp/yonder.*");
  });

  test("without --retries what was there has failed, with 255, and all else is done", async () => {
    const job = yonder(
      "-S",
      "2/alice,2/bob",
      "--sshdelay",
      "4",
      "--host-timeout",
      "3",
      STUCK,
      ":::",
      ..."123456".split(""),
    );
    await eventually(
      () => sleepers(alice!).length === 2,
      () => "alice does not work",
    );
    try {
      // For good, or it would come back and get stuck with what is left.
      alice!.killSshd();
      const { status, stdout, stderr } = await job;
      assert.equal(status, 2, stderr);
      assert.equal(stdout.trim().split("\n").length, 4);
      await nothingRuns(alice!);
    } finally {
      await alice!.startSshd();
    }
  });
});
