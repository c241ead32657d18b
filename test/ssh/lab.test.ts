import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { command } from "./command.ts";
import type { SshHost } from "./host.ts";
import { type SshLab, sshLab } from "./lab.ts";
import type { LoopbackHost } from "./loopback-host.ts";
import type { NamespaceHost } from "./namespace-host.ts";
import { findProgram, labRefusal } from "./refusal.ts";

/** Until it holds, or ten seconds have passed. */
async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 10_000; !holds(); await sleep(20)) assert.ok(Date.now() < end, what);
}

function sleepers(host: SshHost): string[] {
  return host.processes().flatMap(({ command }) => (command.startsWith("sleep") ? [command] : []));
}

/** ssh that gives up soon. */
const SOON = ["-o", "ConnectTimeout=2"];

describe("a loopback host", { skip: labRefusal("loopback") }, () => {
  let lab: SshLab;
  let [dave, erin]: LoopbackHost[] = [];
  before(async () => {
    lab = await sshLab();
    [dave, erin] = await Promise.all([lab.loopback("dave"), lab.loopback("erin", { shell: "/bin/dash" })]);
  });
  after(() => lab.close());

  test("has a home of its own, where sessions begin", async () => {
    for (const host of [dave!, erin!]) {
      const { stdout } = await lab.ssh([host.name, 'pwd; echo "$HOME"; echo $SSH_ORIGINAL_COMMAND']);
      assert.equal(stdout, `${host.home}\n${host.home}\n\n`);
    }
    assert.equal((await lab.ssh(["erin", "echo $0"])).stdout, "/bin/dash\n");
  });

  test("passes on input, output and exit status", async () => {
    const ended = await lab.ssh(["dave", "cat; echo bad >&2; exit 7"], { input: "in" });
    assert.deepEqual(ended, { status: 7, stdout: "in", stderr: "bad\n" });
  });

  test("is reached by plain ssh with the lab's configuration, by scp and by sftp", async () => {
    assert.equal((await command("ssh", ["-F", lab.config, "erin", "echo hi"])).stdout, "hi\n");
    const copied = await command("scp", ["-q", lab.config, "dave:copy"], { env: lab.env });
    assert.deepEqual(copied, { status: 0, stdout: "", stderr: "" });
    assert.deepEqual(dave!.files(), ["copy"]);
  });

  test("lists what runs there, orphans too, and nothing of others", async () => {
    await lab.ssh(["dave", "setsid sleep 1001 >/dev/null 2>&1 </dev/null &"]);
    await eventually(() => sleepers(dave!).includes("sleep 1001"), "it runs");
    assert.deepEqual(sleepers(erin!), []);
    process.kill(dave!.processes().find(({ command }) => command === "sleep 1001")!.pid);
    await eventually(() => sleepers(dave!).length === 0, "it is dead");
  });

  test("hangs, breaks, is gone and comes back", async () => await failAndReturn(lab, erin!));
});

describe("a namespace host", { skip: labRefusal("namespace"), concurrency: false }, () => {
  let lab: SshLab;
  let [alice, bob]: NamespaceHost[] = [];
  let startedMs = 0;
  before(async () => {
    lab = await sshLab();
    const before = performance.now();
    [alice, bob] = await Promise.all([
      lab.namespace("alice"),
      lab.namespace("bob", { shell: "/bin/dash", lacks: ["bash", "perl"], diskBytes: 4_000_000 }),
      lab.namespace("carol", { user: "cleo", rc: "echo Welcome to carol", clockOffsetMs: 3_600_500 }),
    ]);
    startedMs = performance.now() - before;
  });
  after(() => lab.close());

  test("has a name, a user, a home, a /tmp and processes of its own", async () => {
    const script = 'hostname; id -un; pwd; echo "$HOME $SHELL"; echo $(ls -A /tmp /home); ps -e -o comm=';
    const { stdout } = await lab.ssh(["alice", script]);
    const [name, user, pwd, shell, directories, ...programs] = stdout.split("\n");
    assert.deepEqual([name, user, pwd, shell], ["alice", "alice", "/home/alice", "/home/alice /bin/bash"]);
    assert.equal(directories, "/home: alice /tmp:");
    assert.ok(programs.includes("sshd") && !programs.includes("node"), programs.join());
  });

  test("boots fast, also beside two others", () => assert.ok(startedMs < 10_000, `${startedMs} ms`));

  test("is not this machine to whoever looks for processes or files", async () => {
    await lab.ssh(["alice", "setsid sleep 1001 >/dev/null 2>&1 </dev/null & echo $! >pid"]);
    await eventually(() => sleepers(alice!).includes("sleep 1001"), "it runs");
    const [process] = alice!.processes();
    assert.equal((await alice!.exec("cat pid")).stdout, `${process!.pidThere}\n`);
    assert.deepEqual([bob!.processes(), alice!.files()], [[], ["pid"]]);
    assert.ok(!existsSync("/home/alice"));
    await alice!.exec(`kill -9 ${process!.pidThere}; rm pid`);
    assert.deepEqual(alice!.processes(), []);
  });

  test("has a login shell, and lacks programs", async () => {
    const { stdout } = await lab.ssh([
      "bob",
      "echo $0; command -v bash; command -v perl; bash -c true; echo $?",
    ]);
    assert.match(stdout, /^dash\n12[67]\n$/);
  });

  test("prints a banner where its login shell does", async () => {
    assert.equal((await lab.ssh(["carol", "id -un"])).stdout, "Welcome to carol\ncleo\n");
  });

  test("has a csh", { skip: findProgram("csh") === undefined && "csh is not installed" }, async () => {
    const host = await lab.namespace("cyrus", { shell: "/bin/csh" });
    assert.equal(
      (await lab.ssh(["cyrus", "echo $shell $path[1]; setenv A b; echo $A"])).stdout.split("\n")[1],
      "b",
    );
    assert.deepEqual(host.processes(), []);
  });

  test("has a wrong clock", {
    skip: findProgram("gcc") === undefined && "gcc is not installed",
  }, async () => {
    const { stdout } = await lab.ssh(["carol", "date +%s%3N; perl -e 'print time'"]);
    const [, date, perl] = stdout.split("\n");
    assert.ok(Math.abs(Number(date) - Date.now() - 3_600_500) < 5000, `${date}`);
    assert.ok(Math.abs(Number(perl) * 1000 - Date.now() - 3_600_500) < 6000, `${perl}`);
  });

  test("has a disk that can be full", async () => {
    await bob!.fillDisk(8192);
    assert.equal((await lab.ssh(["bob", "head -c 4096 /dev/zero >some"])).status, 0);
    assert.match((await lab.ssh(["bob", "head -c 100000 /dev/zero >/tmp/more"])).stderr, /No space left/);
    await bob!.freeDisk();
    assert.equal((await lab.ssh(["bob", "head -c 100000 /dev/zero >/tmp/more"])).status, 0);
    await bob!.exec("rm some /tmp/more");
    assert.deepEqual(bob!.files(), []);
  });

  test("reaches its neighbours", async () => {
    const banner = `exec 3<>/dev/tcp/${bob!.address}/22; head -n 1 <&3`;
    assert.match((await lab.ssh(["alice", `bash -c '${banner}'`])).stdout, /^SSH-2.0/);
  });

  test("hangs, breaks, is gone and comes back", async () => await failAndReturn(lab, alice!));

  test("is partitioned: nobody is told, and what was under way goes on after it", async () => {
    const session = lab.ssh(["alice", "echo begun >begun; sleep 0.5; echo done"]);
    await eventually(() => alice!.files().includes("begun"), "it has begun");
    await alice!.partition();
    const { status, stderr } = await lab.ssh([...SOON, "alice", "true"]);
    assert.deepEqual([status, /timed out/.test(stderr)], [255, true], stderr);
    await alice!.heal();
    assert.deepEqual(await session, { status: 0, stdout: "done\n", stderr: "" });
    assert.equal((await lab.ssh(["alice", "rm begun"])).status, 0);
  });

  test("reboots: nothing runs there any more, and new logins work", async () => {
    const session = lab.ssh(["-o", "ServerAliveInterval=1", "alice", "setsid sleep 1004 & sleep 1005"]);
    await eventually(() => sleepers(alice!).length === 2, "it runs");
    await alice!.reboot();
    assert.equal((await session).status, 255);
    assert.deepEqual(alice!.processes(), []);
    assert.equal((await lab.ssh(["alice", "true"])).status, 0);
  });

  test("is off the network: who connects is told", async () => {
    await alice!.down();
    const { status, stderr } = await lab.ssh(["-o", "ConnectTimeout=8", "alice", "true"]);
    assert.deepEqual([status, /No route to host/.test(stderr)], [255, true], stderr);
    await alice!.up();
    assert.equal((await lab.ssh(["alice", "true"])).status, 0);
  });

  test("is far away behind a bad cable", { skip: labRefusal("wire") }, async () => {
    const session = lab.ssh(["alice", "read a; echo $a"], { input: "" });
    await alice!.netem({ delayMs: 100 });
    assert.equal((await session).status, 0);
    const before = performance.now();
    assert.equal((await lab.ssh(["alice", "true"])).status, 0);
    const tookMs = performance.now() - before;
    // Connecting, the versions, the keys, the login and the session take a round trip each, at the least.
    assert.ok(tookMs > 5 * 200, `${tookMs} ms`);
    await alice!.netem({ lossPercent: 100 });
    assert.equal((await lab.ssh([...SOON, "alice", "true"])).status, 255);
    await alice!.netem({ lossPercent: 5 });
    const { stdout } = await lab.ssh(["alice", "head -c 300000 /dev/zero | cksum"]);
    assert.equal(stdout, (await command("sh", ["-c", "head -c 300000 /dev/zero | cksum"])).stdout);
    await alice!.netem({});
    await alice!.partition();
    assert.match((await lab.ssh([...SOON, "alice", "true"])).stderr, /timed out/);
    await alice!.heal();
    assert.equal((await lab.ssh(["alice", "true"])).status, 0);
  });
});

/** What either kind of host does. */
async function failAndReturn(lab: SshLab, host: SshHost): Promise<void> {
  const { name } = host;
  host.refuseKeys();
  assert.match((await lab.ssh([name, "true"])).stderr, /Permission denied \(publickey\)/);
  host.acceptKeys();

  host.stopSshd();
  const silent = await lab.ssh([...SOON, name, "true"]);
  assert.deepEqual([silent.status, /timed out/.test(silent.stderr)], [255, true], silent.stderr);
  host.contSshd();
  assert.equal((await lab.ssh([name, "true"])).status, 0);

  const broken = lab.ssh([name, "exec sleep 1002"]);
  await eventually(() => sleepers(host).length === 1, "it runs");
  host.killSessions();
  const { status, stdout } = await broken;
  assert.deepEqual([status, stdout], [255, ""]);
  assert.deepEqual(sleepers(host), ["sleep 1002"], "what the session ran is left to itself");
  await host.exec(`kill -9 ${host.processes().find(({ name }) => name === "sleep")!.pidThere}`);
  assert.equal((await lab.ssh([name, "true"])).status, 0);

  host.killSshd();
  assert.match((await lab.ssh([name, "true"])).stderr, /Connection refused/);
  await host.startSshd();
  assert.equal((await lab.ssh([name, "true"])).status, 0);
}

describe("a lab", { skip: labRefusal("loopback") }, () => {
  const script = `
    import { sshLab } from ${JSON.stringify(join(import.meta.dirname, "lab.ts"))};
    const lab = await sshLab();
    const host = await lab.loopback("dave");
    ${labRefusal("namespace") === false ? 'await lab.namespace("alice");' : ""}
    await lab.ssh(["dave", "setsid sleep 1003 >/dev/null 2>&1 </dev/null &"]);
    console.log(lab.directory);`;

  /** A program with a lab; resolves with the lab's directory. */
  async function other(ending: string): Promise<{ directory: string; end: Promise<unknown>; kill(): void }> {
    const words = ["--input-type=module", "-e", `${script}\n${ending}`];
    const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    const end = new Promise((done) => child.once("exit", done));
    const [chunk] = (await child.stdout.take(1).toArray()) as Buffer[];
    return { directory: String(chunk).trim(), end, kill: () => child.kill("SIGKILL") };
  }

  async function processesOf(directory: string): Promise<string[]> {
    const { stdout } = await command("sh", [
      "-c",
      "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' '\\n'",
    ]);
    return stdout.split("\n").filter((word) => word.includes(directory));
  }

  test("that is closed leaves nothing", async () => {
    const { directory, end } = await other("await lab.close();");
    await end;
    assert.deepEqual([existsSync(directory), await processesOf(directory)], [false, []]);
  });

  test("whose process ends without closing it leaves no files", async () => {
    const { directory, end } = await other("process.exit();");
    await end;
    assert.ok(!existsSync(directory));
  });

  test("whose process is killed leaves nothing that the next lab does not remove", async () => {
    const { directory, end, kill } = await other("setInterval(() => {}, 1000);");
    kill();
    await end;
    assert.ok(existsSync(directory));
    await (await sshLab()).close();
    assert.ok(!existsSync(directory));
    for (const soon = Date.now() + 5000; Date.now() < soon && (await processesOf(directory)).length > 0; )
      await sleep(50);
    assert.deepEqual(await processesOf(directory), []);
  });
});
