import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test as plainTest } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Sandbox, sandbox } from "../system/sandbox.ts";
import { eventually, joblogOf, sleepers } from "./jobs.ts";
import { type SshLab, sshLab } from "./lab.ts";
import type { LoopbackHost } from "./loopback-host.ts";
import { labRefusal } from "./refusal.ts";

const test: (name: string, run: () => Promise<void>) => void = (name, run) =>
  plainTest(name, { timeout: 60_000 }, run);

describe("jobs on other hosts", { skip: labRefusal("loopback") }, () => {
  let lab!: SshLab;
  let [alice, bob]: LoopbackHost[] = [];
  let box!: Sandbox;
  const hosts = (): LoopbackHost[] => [alice!, bob!];
  before(async () => {
    lab = await sshLab();
    [alice, bob] = await Promise.all([
      lab.loopback("alice", { shell: "/bin/bash", env: { TMPDIR: join(lab.directory, "alice", "home") } }),
      lab.loopback("bob", { shell: "/bin/dash", env: { TMPDIR: join(lab.directory, "bob", "home") } }),
    ]);
    box = sandbox({ PATH: lab.env["PATH"] });
  });
  after(async () => {
    box[Symbol.dispose]();
    await lab.close();
  });
  /** What is ours there goes when the job does; each host has its directory for temporary files in its home. */
  afterEach(async () => {
    for (const host of hosts()) {
      await eventually(
        () => host.processes().length === 0,
        () => `${host.name}: ${JSON.stringify(host.processes())}`,
        5_000,
      );
      assert.deepEqual(
        host.files().filter((file) => file.startsWith("yonder.")),
        [],
      );
    }
  });

  test("what a job has started without our pipe, as Python does, writes nothing into the next job's output", async () => {
    const start =
      'import subprocess; subprocess.Popen(["sh", "-c", "sleep 1; echo late"], start_new_session=True)';
    const { stdout, stderr } = box.run(
      `yonder -k -S 1/alice ::: "/usr/bin/python3 -c '${start}'; echo early" 'sleep 1.5; echo next' 'echo third'`.replaceAll(
        '"sh", "-c", "sleep 1; echo late"',
        '\\"sh\\", \\"-c\\", \\"sleep 1; echo late\\"',
      ),
    );
    assert.equal(stderr, "");
    assert.equal(stdout, "early\nnext\nthird\n");
  });

  test("--ok: a status that counts as success here does so there", async () => {
    const { status, stderr } = box.run(
      "yonder -S alice,bob --ok 1 --retries 2 --joblog ok 'exit {}' ::: 0 1 0 1",
    );
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /failed/);
    assert.deepEqual(
      joblogOf(box, "ok")
        .map(({ exit }) => exit)
        .sort(),
      [0, 0, 1, 1],
    );
  });

  const awayJob = "touch began; until [ -e stop ]; do sleep 0.1; done; rm -f began stop; echo done";
  const homeFile = (name: string): string => join(lab.directory, "alice", "home", name);

  /** A driver whose job runs at a host that waits 8 to 16 seconds for a silent one. */
  async function awayDriver(): Promise<ReturnType<Sandbox["start"]>> {
    const driver = box.start(`yonder --host-timeout 1 -S 1/alice --wd ${homeFile("")} '${awayJob}' ::: 1`);
    await eventually(
      () => existsSync(homeFile("began")),
      () => driver.said(),
    );
    return driver;
  }

  test("a driver that is suspended finds its jobs again, however long it was away", async () => {
    const driver = await awayDriver();
    driver.kill("SIGTSTP");
    await sleep(20_000);
    writeFileSync(homeFile("stop"), "");
    driver.kill("SIGCONT");
    const { status, stdout, stderr } = await driver.ended;
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "done 1\n");
  });

  test("a driver that is stopped without a warning finds them after some times --host-timeout", async () => {
    const driver = await awayDriver();
    driver.kill("SIGSTOP");
    await sleep(6000);
    writeFileSync(homeFile("stop"), "");
    driver.kill("SIGCONT");
    const { status, stderr } = await driver.ended;
    assert.equal(status, 0, stderr);
  });

  test("what a driver has left behind that does not come back is ended", async () => {
    const driver = await awayDriver();
    driver.kill("SIGSTOP");
    await eventually(
      () => alice!.processes().every((command) => !JSON.stringify(command).includes("began")),
      () => JSON.stringify(alice!.processes()),
      40_000,
    );
    driver.kill("SIGCONT");
    const { status } = await driver.ended;
    assert.notEqual(status, 0);
    rmSync(homeFile("began"), { force: true });
  });

  test("too few descriptors here for all slots there", async () => {
    for (const limit of [64, 100]) {
      const { status, stdout, stderr } = box.run(
        `ulimit -n ${limit}; yonder -S 25/alice,25/bob -k --joblog log 'sleep 0.1; echo {}' ::: $(seq 60)`,
      );
      assert.equal(status, 0, stderr);
      assert.equal(stdout, Array.from({ length: 60 }, (_, index) => `${index + 1}\n`).join(""));
      assert.match(stderr, /Only enough file handles to run \d+ jobs/);
      assert.equal(joblogOf(box, "log").length, 60);
    }
  });

  test("output, tags, order and the joblog's hosts", async () => {
    const { status, stdout, stderr } = box.run(
      "yonder -S 2/alice,2/bob -k --tag --joblog log 'echo {}; cd; pwd; echo e{} >&2' ::: $(seq 20)",
    );
    assert.equal(status, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual(
      lines.filter((_, index) => index % 2 === 0),
      Array.from({ length: 20 }, (_, i) => `${i + 1}\t${i + 1}`),
    );
    assert.equal(stderr, Array.from({ length: 20 }, (_, i) => `${i + 1}\te${i + 1}\n`).join(""));
    const log = joblogOf(box, "log");
    const homes = new Map(hosts().map(({ name, home }) => [name, home]));
    for (const { seq, host } of log) assert.equal(lines[2 * seq - 1], `${seq}\t${homes.get(host)}`);
  });

  test("--hostgroups sends values where they belong, and the joblog says where that was", async () => {
    const { status, stderr } = box.run(
      "yonder -S 2/alice,2/bob --hostgroups --joblog log 'echo {}' ::: 1@alice 2@bob 3@bob 4@alice",
    );
    assert.equal(status, 0, stderr);
    const hostsOf = joblogOf(box, "log").map(({ seq, host }) => `${seq} ${host}`);
    assert.deepEqual(hostsOf.sort(), ["1 alice", "2 bob", "3 bob", "4 alice"]);
  });

  test("--filter-hosts: those that do not answer are not there, with --nonall either", async () => {
    const { status, stdout, stderr } = box.run(
      "yonder -S alice,nowhere.invalid --filter-hosts --nonall --tag 'echo up'",
    );
    assert.deepEqual([status, stdout], [0, "alice\tup\n"], stderr);
    assert.match(stderr, /Warning: Removed nowhere\.invalid\./);
    const none = box.run("yonder -S nowhere.invalid --filter-hosts echo ::: 1");
    assert.equal(none.status, 255);
    assert.match(none.stderr, /Cannot run any jobs\./);
  });

  test("a host without a place for our files runs jobs all the same, and gets none elsewhere", async () => {
    await lab.loopback("erin", { env: { TMPDIR: "/nonexistent" } });
    const { status, stdout, stderr } = box.run("yonder -S 2/erin -k 'echo {}; true' ::: $(seq 30)");
    assert.deepEqual(
      [status, stdout],
      [0, Array.from({ length: 30 }, (_, i) => `${i + 1}\n`).join("")],
      stderr,
    );
    assert.ok(!existsSync("/alive"));
  });

  test("exit statuses, and signals as far as the shell there tells them", async () => {
    const { status, stdout } = box.run(
      "yonder -S 1/bob -k --joblog log '{}' ::: 'exit 0' 'exit 3' 'kill -9 $$' 'exit 255' 'echo hi'; echo $?",
    );
    assert.deepEqual([status, stdout], [0, "hi\n3\n"]);
    assert.deepEqual(
      joblogOf(box, "log").map(({ exit, signal }) => [exit, signal]),
      [
        [0, 0],
        [3, 0],
        [0, 9],
        [255, 0],
        [0, 0],
      ],
    );
  });

  test("any bytes as arguments, from newlines to 100 KB", async () => {
    const odd = [
      "a b",
      "it's",
      '"',
      "$HOME `id`",
      "new\nline",
      "\xff\xfe",
      "-n",
      "*",
      "\\",
      "~",
      "a\tb",
      "!!",
    ];
    const words = [...odd, "0123456789".repeat(10_000)];
    writeFileSync(join(box.directory, "words"), words.join("\0"), "latin1");
    for (const name of ["alice", "bob"]) {
      const { stdout, stderr } = box.run(`yonder -S ${name} -k -0 -a words 'printf "%s\\0" {}'`);
      assert.ok(stdout === `${words.join("\0")}\0`, `${stderr} ${stdout.slice(0, 200)}`);
    }
  });

  test("megabytes of output on both streams", async () => {
    const { status, stdout, stderr } = box.run(
      'yonder -S 2/alice,2/bob -k \'head -c 3000000 /dev/zero | tr "\\000" {}; head -c 1000000 /dev/zero | tr "\\000" {} >&2\' ::: a b c d',
    );
    assert.equal(status, 0);
    assert.ok(stdout === [..."abcd"].map((letter) => letter.repeat(3_000_000)).join(""));
    assert.ok(stderr === [..."abcd"].map((letter) => letter.repeat(1_000_000)).join(""));
  });

  test("-u and --line-buffer show output while jobs run", async () => {
    for (const how of ["-u", "--line-buffer"]) {
      const go = join(box.directory, `go${how}`);
      const job = box.start(
        `yonder -S alice,bob ${how} 'echo first {}; while [ ! -e ${go} ]; do sleep 0.05; done; echo second' ::: 1 2`,
      );
      await eventually(() => job.shown().split("first").length === 3, job.shown);
      writeFileSync(go, "");
      const { stdout } = await job.ended;
      assert.deepEqual(stdout.trimEnd().split("\n").sort(), ["first 1", "first 2", "second", "second"], how);
    }
  });

  test("-u: an endless job ends when nobody reads it any more", async () => {
    const { stdout } = box.run("yonder -S alice -u yes ::: y | head -n 1");
    assert.equal(stdout, "y\n");
  });

  test("--halt now,fail=1 kills what runs on all hosts", async () => {
    const { status } = box.run(
      "yonder -S 2/alice,2/bob --halt now,fail=1 'if [ {} = 4 ]; then sleep 0.5; exit 7; fi; sleep 1001 & sleep 1001' ::: 1 2 3 4 5 6",
    );
    assert.equal(status, 7);
    for (const host of hosts()) assert.deepEqual(sleepers(host), []);
  });

  test("--timeout kills the whole group there, and nobody else", async () => {
    const { status, stdout } = box.run(
      "yonder -S 2/alice,2/bob -k --timeout 4 --joblog log 'if [ $(({} % 2)) = 0 ]; then echo {}; else sleep 1002 & sleep 1002; fi' ::: $(seq 8)",
    );
    assert.deepEqual([status, stdout], [4, "2\n4\n6\n8\n"]);
    assert.deepEqual(
      joblogOf(box, "log")
        .filter(({ exit }) => exit === -1)
        .map(({ seq }) => seq)
        .sort(),
      [1, 3, 5, 7],
    );
  });

  test("a second ctrl-C ends all of it there", async () => {
    const job = box.start(
      "yonder -S 2/alice,2/bob 'trap \"\" INT TERM; sleep 1003; sleep 1003' ::: 1 2 3 4 5 6 7 8",
    );
    await eventually(
      () => hosts().every((host) => sleepers(host).length === 2),
      () => "they run",
    );
    job.kill("SIGINT");
    await eventually(
      () => job.said().includes("Waiting for these"),
      () => job.said(),
    );
    job.kill("SIGINT");
    assert.notEqual((await job.ended).status, 0);
  });

  test("kill -9 of the driver: nothing of the job runs on, and the directory there is gone", async () => {
    const job = box.start("yonder -S 2/alice,2/bob 'sleep 1004 & sleep 1004' ::: 1 2 3 4 5 6 7 8");
    await eventually(
      () => hosts().every((host) => sleepers(host).length >= 4),
      () => "they run",
    );
    job.kill("SIGKILL");
    await job.ended;
  });

  test("yonder resume after kill -9 of the driver: each task has one outcome", async () => {
    const runs = join(box.directory, "runs");
    const job = box.start(
      `yonder -S 2/alice,2/bob -k --joblog resumed --retries 2 'echo {} >>${runs}; sleep 0.1; echo {}' ::: $(seq 40)`,
    );
    await eventually(
      () => existsSync(runs) && readFileSync(runs, "latin1").split("\n").length > 15,
      () => "some have run",
    );
    job.kill("SIGKILL");
    await job.ended;
    const { status, stdout, stderr } = box.run("yonder resume last");
    assert.equal(status, 0, stderr);
    assert.equal(stdout.trimEnd().split("\n").at(-1), "40");
    assert.deepEqual(
      joblogOf(box, "resumed")
        .map(({ seq }) => seq)
        .sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
  });

  test("--retries goes to another host", async () => {
    const { status, stdout } = box.run(
      "yonder -S 1/alice,1/bob --retries 3 --joblog log 'case $HOME in */alice/*) exit 5;; esac; echo {} there' ::: $(seq 10)",
    );
    assert.equal(status, 0);
    assert.deepEqual(
      stdout.trimEnd().split("\n").sort(),
      Array.from({ length: 10 }, (_, i) => `${i + 1} there`).sort(),
    );
    assert.deepEqual(new Set(joblogOf(box, "log").map(({ host }) => host)), new Set(["bob"]));
  });

  test("--nonall and --onall", async () => {
    const { stdout } = box.run("yonder -S alice,bob --nonall --tag 'echo $HOME'");
    assert.deepEqual(
      stdout.trimEnd().split("\n").sort(),
      hosts().map(({ name, home }) => `${name}\t${home}`),
    );
    const all = box.run("yonder -S alice,bob --onall -k 'echo {} $HOME' ::: 1 2");
    assert.equal(
      all.stdout,
      hosts()
        .map(({ home }) => `1 ${home}\n2 ${home}\n`)
        .join(""),
    );
  });

  test("--nonall may start what lives on", async () => {
    const began = performance.now();
    assert.equal(box.run("yonder -S alice,bob --nonall 'nohup sleep 1005 >/dev/null 2>&1 &'").status, 0);
    assert.ok(performance.now() - began < 30_000, "nobody waits for it");
    for (const host of hosts()) {
      assert.deepEqual(sleepers(host), ["sleep 1005"]);
      for (const { pid, command } of host.processes()) if (command === "sleep 1005") process.kill(pid);
    }
  });

  test("what a job leaves behind does not hold up the next, nor write into its output", async () => {
    const { status, stdout } = box.run(
      "yonder -S 1/alice -k '[ {} = 1 ] && { (sleep 1.5; echo late) & }; echo {}; sleep 0.{}' ::: 1 2 3 4 5; sleep 1",
    );
    assert.deepEqual([status, stdout], [0, "1\n2\n3\n4\n5\n"]);
  });

  test("--pipe, --round-robin and --pipepart give the data to jobs on hosts, once", async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `${index}`);
    const text = `${lines.join("\n")}\n`;
    writeFileSync(join(box.directory, "lines"), text);
    for (const how of [
      "--pipe --block 20k -k cat <lines",
      "--pipe --block 20k --round-robin cat <lines",
      "--pipepart -a lines --block 20k -k cat",
      "--pipe --block 20k -k --cat 'cat {}' <lines",
      "--pipe --block 20k -k --fifo 'cat {}' <lines",
      "--pipepart -a lines --block 20k -k --cat 'cat {}'",
      "--pipepart -a lines --block 20k -k --fifo 'cat {}'",
    ]) {
      const { status, stdout, stderr } = box.run(`yonder -S 2/alice,2/bob ${how}`);
      assert.equal(status, 0, `${how}: ${stderr}`);
      const [got, wanted] = how.includes("robin") ? [sorted(stdout), sorted(text)] : [stdout, text];
      assert.ok(got === wanted, `${how}: ${got.length} bytes ${stderr}`);
    }
    // A job need not read all of it.
    const heads = box.run("yonder -S 2/alice,2/bob --pipe --block 100k -k 'head -n 1' <lines");
    assert.deepEqual([heads.status, heads.stdout.split("\n")[0]], [0, "0"]);
    const header = box.run(
      "yonder -S alice,bob --pipepart -a lines --header 2 --block 100k -k 'head -n 2 | tail -n 1'",
    );
    assert.ok(
      header.stdout
        .split("\n")
        .slice(0, -1)
        .every((line) => line === "1"),
      header.stdout,
    );
  });

  test("--tee and --shard", async () => {
    writeFileSync(join(box.directory, "few"), "a 1\nb 2\nc 3\nd 4\n");
    const tee = box.run("yonder -S 2/alice,2/bob -k --pipe --tee 'echo {}; wc -l' ::: x y z <few");
    assert.equal(tee.stdout, "x\n4\ny\n4\nz\n4\n", tee.stderr);
    const shard = box.run("yonder -S 1/alice,1/bob --pipe --shard 1 --colsep ' ' cat <few");
    assert.equal(sorted(shard.stdout), "a 1\nb 2\nc 3\nd 4\n", shard.stderr);
  });

  test("--env carries variables and exported functions", async () => {
    const { stdout, stderr } = box.run(
      'export VAR=\'it is "odd"\n$1\'; f() { echo "f: $1 $VAR"; }; export -f f; yonder -S alice --env VAR,f f ::: 1; yonder -S bob --env VAR \'echo {}: "$VAR"\' ::: 1',
    );
    assert.equal(stdout, 'f: 1 it is "odd"\n$1\n1: it is "odd"\n$1\n', stderr);
  });

  test("--env carries bytes that are no text, in variables and functions", async () => {
    const { stdout } = box.run(
      "export VAR=$'a\\xffb'; eval $'f() { printf \\'\\xff\\'; }'; export -f f; yonder -S alice --env VAR,f 'printf %s \"$VAR\"; f; :' ::: 1",
    );
    assert.equal(stdout, "a\xffb\xff");
  });

  test("--results keeps output here", async () => {
    assert.equal(
      box.run("yonder -S alice,bob --results out 'echo {}; echo e >&2' ::: a b >/dev/null 2>&1").status,
      0,
    );
    const read = (path: string): string => readFileSync(join(box.directory, "out", "1", path), "latin1");
    assert.deepEqual([read("a/stdout"), read("b/stdout"), read("a/stderr")], ["a\n", "b\n", "e\n"]);
  });

  test("jobs with one path of --results have their output for themselves", async () => {
    const job = "echo first-{#}; sleep 0.2; echo last-{#}";
    const { status, stdout } = box.run(
      `yonder -S 2/alice,2/bob --results one '${job}' ::: a a a a; cat one/1/a/*`,
    );
    assert.equal(status, 0);
    assert.match(stdout, /^(\d)first-\1\nlast-\1\n$/);
    assert.equal(box.run("yonder logs @ | sort | uniq | wc -l").stdout, "8\n");
    const short = box.run(
      "yes a | head -100 | yonder -S alice,bob --results 'short/{}.txt' echo; ls -A short",
    );
    assert.deepEqual([short.stdout, short.stderr], ["a.txt\na.txt.err\na.txt.seq\n", ""]);
  });

  test("--dry-run contacts nobody", async () => {
    const { status, stdout } = box.run("yonder -S nowhere.invalid,alice --dry-run -k 'echo {}' ::: 1 2");
    assert.deepEqual([status, stdout], [0, "echo 1\necho 2\n"]);
  });

  test("--load, --memfree and --sshdelay are about the hosts", async () => {
    const { status, stdout } = box.run(
      "yonder -S alice,bob --load 100000 --memfree 1M --sshdelay 0.2 -k echo ::: 1 2 3 4",
    );
    assert.deepEqual([status, stdout], [0, "1\n2\n3\n4\n"]);
    const waiting = box.start("yonder -S alice --memfree 1P echo ::: 1");
    await new Promise((done) => setTimeout(done, 1500));
    waiting.kill("SIGINT");
    waiting.kill("SIGINT");
    assert.equal((await waiting.ended).stdout, "");
  });

  test("this machine beside the hosts", async () => {
    const { status, stdout } = box.run(
      "yonder -S 1/:,1/alice -k --joblog log 'sleep 0.2; echo {}' ::: $(seq 40)",
    );
    assert.deepEqual([status, stdout], [0, Array.from({ length: 40 }, (_, i) => `${i + 1}\n`).join("")]);
    assert.deepEqual(new Set(joblogOf(box, "log").map(({ host }) => host)), new Set([":", "alice"]));
  });

  test("more slots on a host than its sshd allows sessions of a connection", async () => {
    const { status, stdout } = box.run("yonder -S 20/alice -k 'sleep 0.5; echo {}' ::: $(seq 40)");
    assert.deepEqual([status, stdout], [0, Array.from({ length: 40 }, (_, i) => `${i + 1}\n`).join("")]);
    const carol = await lab.loopback("carol", { sshd: ["MaxSessions 2"] });
    const few = box.run("yonder -S 6/carol -k 'sleep 0.2; echo {}' ::: $(seq 12)");
    assert.deepEqual(
      [few.status, few.stdout],
      [0, Array.from({ length: 12 }, (_, i) => `${i + 1}\n`).join("")],
      few.stderr,
    );
    await eventually(
      () => carol.processes().length === 0,
      () => "nothing is left",
    );
  });

  test("the driver's memory does not grow with the number of tasks", async () => {
    const peakKib = async (tasks: number): Promise<number> => {
      const job = box.start(`yonder -S 4/alice,4/bob true :::: <(seq ${tasks})`);
      let peak = 0;
      const watch = setInterval(() => {
        peak = Math.max(peak, peakOf(job.pid));
      }, 20);
      const { status, stderr } = await job.ended;
      clearInterval(watch);
      assert.equal(status, 0, stderr);
      return peak;
    };
    const few = await peakKib(1_000);
    const many = await peakKib(4_000);
    assert.ok(many < few + 20_000, `${few} KiB for 1,000 tasks, ${many} KiB for 4,000`);
  });

  test("a host that cannot be reached is named, and the job goes on; none at all ends it at once", async () => {
    const { status, stdout, stderr } = box.run("yonder -S alice,nowhere.invalid -k echo ::: 1 2 3");
    assert.deepEqual([status, stdout], [0, "1\n2\n3\n"]);
    assert.match(stderr, /nowhere\.invalid: .*resolve hostname.*\n.*ssh nowhere\.invalid true/);
    const none = box.run("yonder -S nowhere.invalid,nohow.invalid echo ::: 1 2 3");
    assert.deepEqual([none.status, none.stdout], [255, ""]);
    assert.match(none.stderr, /none of the hosts can be reached/);
    const sockets = (): string[] => readdirSync(box.directory).filter((name) => name.startsWith("yonder-"));
    const before = sockets();
    const piped = box.run("echo | yonder -S nowhere.invalid --pipe cat");
    assert.deepEqual([piped.status, piped.stdout], [255, ""]);
    assert.deepEqual(sockets(), before, "the directory of sockets is gone");
  });

  test("a host that is silent at first holds up nobody, and nor does it at the end", async () => {
    const silent = await lab.loopback("silent");
    silent.stopSshd();
    const began = performance.now();
    const { status, stdout } = box.run("yonder -S alice,silent --host-timeout 50 -k echo ::: 1 2 3");
    assert.deepEqual([status, stdout], [0, "1\n2\n3\n"]);
    assert.ok(performance.now() - began < 40_000, "nobody has waited for the time limit");
    silent.contSshd();
  });
});

function sorted(text: string): string {
  return `${text.trimEnd().split("\n").sort().join("\n")}\n`;
}

/** The most memory that a process has had; 0 where it has ended. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
