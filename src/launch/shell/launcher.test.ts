import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { AttemptEnd, AttemptSpec, Launcher } from "../../interface/launcher.ts";
import { endings, saidBy } from "./fixture-endings.ts";
import { type ShellLauncherOptions, shellLauncher } from "./launcher.ts";

const dir = mkdtempSync(join(tmpdir(), "launcher-"));
after(() => rmSync(dir, { recursive: true }));
let lastId = 0;

function attempt(command: string, slot = 1, more: Partial<AttemptSpec> = {}): AttemptSpec {
  const id = ++lastId;
  const output = { type: "files", stdout: join(dir, `${id}.out`), stderr: join(dir, `${id}.err`) } as const;
  return { id, slot, command, env: [], stdin: { type: "null" }, output, ...more };
}

const output = (id: number): string => readFileSync(join(dir, `${id}.out`), "latin1");
const errors = (id: number): string => readFileSync(join(dir, `${id}.err`), "latin1");

interface Bench {
  launcher: Launcher;
  /** Resolves when the attempt has ended. */
  end(id: number): Promise<AttemptEnd>;
  returned: number[];
  close(): Promise<void>;
}

function bench(more: Partial<ShellLauncherOptions> = {}): Bench {
  const ends = new Map<number, AttemptEnd>();
  const waiting = new Map<number, (end: AttemptEnd) => void>();
  const returned: number[] = [];
  const launcher = shellLauncher({
    shell: "/bin/sh",
    env: process.env,
    slotEnv: () => [],
    inheritOutput: false,
    inheritStdin: false,
    onEnd(end) {
      assert.ok(!ends.has(end.id), "one end for each attempt");
      ends.set(end.id, end);
      waiting.get(end.id)?.(end);
    },
    onReturn: (id) => returned.push(id),
    onShell: () => {},
    onShortage: () => {},
    ...more,
  });
  return {
    launcher,
    returned,
    end: (id) =>
      new Promise((resolve) => {
        const known = ends.get(id);
        if (known) resolve(known);
        else waiting.set(id, resolve);
      }),
    close: () => launcher.close(),
  };
}

async function runAll(commands: string[], more: Partial<ShellLauncherOptions> = {}) {
  const b = bench(more);
  const results = [];
  for (const command of commands) {
    const spec = attempt(command);
    b.launcher.start(spec);
    const { exit } = await b.end(spec.id);
    results.push({ ...exit, out: output(spec.id), err: errors(spec.id) });
  }
  await b.close();
  return results;
}

test("a program, a builtin and a shell command give their output and status", async () => {
  const results = await runAll(["/bin/echo hi", "echo 'a b'", "echo out; echo err >&2; exit 3", "false"]);
  assert.deepEqual(results, [
    { exitCode: 0, signal: 0, out: "hi\n", err: "" },
    { exitCode: 0, signal: 0, out: "a b\n", err: "" },
    { exitCode: 3, signal: 0, out: "out\n", err: "err\n" },
    { exitCode: 1, signal: 0, out: "", err: "" },
  ]);
});

test("an end tells which of the two files have bytes, also for jobs with odd file names", async () => {
  const b = bench();
  const wrote = [];
  for (const command of [
    "/bin/true",
    "/bin/echo 1",
    "echo 1",
    "echo 1 >&2; echo 1",
    "ls /nowhere",
    "kill -9 $$",
  ]) {
    const spec = attempt(command);
    const output = {
      type: "files",
      stdout: join(dir, `-s '${spec.id}' o`),
      stderr: join(dir, `"$1" ${spec.id}`),
    } as const;
    b.launcher.start({ ...spec, output });
    const end = await b.end(spec.id);
    wrote.push([end.wrote?.stdout, end.wrote?.stderr]);
    assert.deepEqual(
      wrote.at(-1),
      [output.stdout, output.stderr].map((path) => readFileSync(path).length > 0),
      command,
    );
  }
  assert.deepEqual(wrote.slice(0, 5), [
    [false, false],
    [true, false],
    [true, false],
    [true, true],
    [false, true],
  ]);
  await b.close();
});

test("a job finds no arguments that a slot remembers for it", async () => {
  const results = await runAll(['echo "$# $*"', "echo a", "echo $@"], { shell: "/bin/bash" });
  assert.deepEqual(
    results.map(({ out }) => out),
    ["0 \n", "a\n", "\n"],
  );
});

test("nothing leaks from one job into the next", async () => {
  const results = await runAll([
    "cd /; x=1; set -f; trap 'echo no' EXIT; umask 0; exit 0",
    'echo "[$x]" *nothing* "[$-]"; pwd; umask',
    "exec 1>&-; cat; read a",
    'echo "unbalanced',
    "echo still here",
  ]);
  assert.match(results[1]!.out, /^\[\] \*nothing\* \[\]\n/);
  assert.equal(results[1]!.out.split("\n")[1], process.cwd());
  assert.equal(results[1]!.out.split("\n")[2], "0022");
  assert.notEqual(results[3]!.exitCode, 0);
  assert.equal(results[4]!.out, "still here\n");
});

test("a signal and an exit status over 128 are told apart", async () => {
  const results = await runAll([
    "kill -9 $$",
    "exit 137",
    "kill -TERM $$",
    "kill -HUP $$",
    "/bin/kill -9 0",
    "echo next",
    `${process.execPath} -e 'process.kill(process.pid,9)'`,
    `sh -c 'sh -c "kill -9 \\$\\$"; exit 137'`,
  ]);
  assert.deepEqual(
    results.map((r) => [r.exitCode, r.signal]),
    [
      [0, 9],
      [137, 0],
      [0, 15],
      [0, 1],
      [0, 9],
      [0, 0],
      [0, 9],
      [137, 0],
    ],
  );
  assert.deepEqual(
    results.map((r) => r.err),
    ["", "", "", "", "", "", "", "Killed\n"],
    "the slot shell's own remark is no output of the job",
  );
  assert.equal(results[5]!.out, "next\n");
});

test("a command that is not there is 127, one that may not run 126, each with the shell's message", async () => {
  const results = await runAll(["no-such-command x", "/etc/passwd", "/no/such/file"]);
  assert.deepEqual(
    results.map((r) => r.exitCode),
    [127, 126, 127],
  );
  assert.match(results[0]!.err, /sh: 1: no-such-command: not found/);
});

test("variables: of the attempt, of the slot, with bytes that are not UTF-8", async () => {
  const b = bench({ slotEnv: (slot) => [["PARALLEL_JOBSLOT", String(slot)]] });
  const spec = attempt('printf "%s %s" "$SEQ" "$PARALLEL_JOBSLOT"', 2, { env: [["SEQ", "\xff'\n"]] });
  b.launcher.start(spec);
  await b.end(spec.id);
  assert.equal(output(spec.id), "\xff'\n 2");
  await b.close();
});

test("functions that bash exported work in jobs run by bash", async () => {
  const env = { ...process.env, "BASH_FUNC_greet%%": "() { echo hello $1; }" };
  const [result] = await runAll(["greet you"], { shell: "/bin/bash", env });
  assert.equal(result!.out, "hello you\n");
});

test("a signal ends the whole group of the attempt and only that", async () => {
  const b = bench();
  const [slow, other] = [attempt("sleep 60 & sleep 60; echo no"), attempt("sleep 0.3; echo fine", 2)];
  b.launcher.start(slow);
  b.launcher.start(other);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(b.launcher.signal(slow.id, "SIGKILL"));
  assert.deepEqual((await b.end(slow.id)).exit, { exitCode: 0, signal: 9 });
  assert.equal((await b.end(other.id)).exit.signal, 0);
  assert.equal(output(other.id), "fine\n");
  assert.equal(b.launcher.signal(slow.id, "SIGKILL"), false);
  await b.close();
});

test("an attempt behind a slow one comes back, and can then run in another slot", async () => {
  const b = bench();
  const [slow, next] = [attempt("sleep 0.5"), attempt("echo late")];
  b.launcher.start(slow);
  b.launcher.start(next);
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.deepEqual(b.returned, [next.id]);
  const again = attempt("echo late", 2);
  b.launcher.start(again);
  await b.end(again.id);
  await b.end(slow.id);
  const last = attempt("echo last");
  b.launcher.start(last);
  await b.end(last.id);
  assert.equal(existsSync(join(dir, `${next.id}.out`)), false);
  await b.close();
});

test("revoke takes back what has not begun, never what has", async () => {
  const b = bench();
  const [slow, next] = [attempt("sleep 0.2"), attempt("echo no")];
  b.launcher.start(slow);
  b.launcher.start(next);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(b.launcher.revoke(slow.id), false);
  assert.equal(b.launcher.revoke(next.id), true);
  await b.end(slow.id);
  await b.close();
  assert.equal(existsSync(join(dir, `${next.id}.err`)), false);
});

test("a leftover child of one job writes into that job's output only", async () => {
  const results = await runAll(["(sleep 0.2; echo late) & echo early", "sleep 0.4; echo second"]);
  assert.equal(results[0]!.out.startsWith("early\n"), true);
  assert.equal(results[1]!.out, "second\n");
});

for (const [slotShell, env] of [
  ["/bin/sh", process.env],
  ["bash", { ...process.env, "BASH_FUNC_f%%": "() { :; }" }],
] as const) {
  test(`each exit status and each signal is told for what it is; the slot is ${slotShell}`, async () => {
    const all = endings();
    // By the shell itself, by a program that it is replaced with, and by one that the slot starts.
    // The first 120 are exit statuses like any other.
    const some = all.slice(120);
    for (const [command, ends] of [
      [(how: string) => how, all],
      [(how: string) => `exec /bin/sh -c '${how}'`, some],
      [(how: string) => `/bin/sh -c '${how}'`, some],
    ] as const) {
      const results = await runAll(
        ends.map(({ how }) => command(how)),
        { env },
      );
      for (const [index, ending] of ends.entries()) {
        const { exitCode, signal, err } = results[index]!;
        assert.deepEqual({ exitCode, signal }, ending.exit, command(ending.how));
        assert.equal(err, saidBy(ending), command(ending.how));
      }
    }
  });
}

test("a signal of which a shell says nothing is told where it was ours", async () => {
  const b = bench();
  for (const name of ["SIGINT", "SIGPIPE", "SIGTERM", "SIGKILL"] as const) {
    for (const command of ["/bin/sleep 60", "sleep 60; echo no"]) {
      const slow = attempt(command);
      b.launcher.start(slow);
      // One that comes in the moment before the program is there hits nobody.
      const again = setInterval(() => b.launcher.signal(slow.id, name), 50);
      assert.deepEqual((await b.end(slow.id)).exit, { exitCode: 0, signal: constants.signals[name] }, name);
      clearInterval(again);
    }
  }
  const polite = attempt("trap 'exit 143' TERM; while :; do sleep 0.01; done");
  b.launcher.start(polite);
  const again = setInterval(() => b.launcher.signal(polite.id, "SIGTERM"), 50);
  assert.deepEqual((await b.end(polite.id)).exit, { exitCode: 143, signal: 0 });
  clearInterval(again);
  await b.close();
});

for (const [slotShell, env] of [
  ["/bin/sh", process.env],
  ["bash", { ...process.env, "BASH_FUNC_f%%": "() { :; }" }],
] as const) {
  test(`what feeds a job is none of it: not what it says, nor how it ends; the slot is ${slotShell}`, async () => {
    const b = bench({ env });
    const fed = (command: string, source: string) =>
      attempt(command, 1, { stdin: { type: "piped", source } });
    const run = async (command: string, source: string) => {
      const spec = fed(command, source);
      b.launcher.start(spec);
      const { exit } = await b.end(spec.id);
      return [exit.exitCode, exit.signal, output(spec.id), errors(spec.id)];
    };
    const some = "echo said >&2; echo a; exec echo b";
    assert.deepEqual(await run("cat", some), [0, 0, "a\nb\n", ""]);
    assert.deepEqual(await run("cat; exit 3 # done", some), [3, 0, "a\nb\n", ""]);
    assert.deepEqual(await run("false", some), [1, 0, "", ""]);
    assert.deepEqual(await run("cat", "exec sh -c 'kill -9 $$'"), [0, 0, "", ""]);
    assert.deepEqual(await run("head -n 1", "exec yes"), [0, 0, "y\n", ""]);
    assert.deepEqual(await run("kill -9 $$", "exec yes"), [0, 9, "", ""]);
    assert.deepEqual(await run("exit 137", some), [137, 0, "", ""]);
    await b.close();
  });

  test(`a signal for a job is none for what feeds it; the slot is ${slotShell}`, async () => {
    const b = bench({ env });
    const start = (command: string) => {
      const spec = attempt(command, 1, { stdin: { type: "piped", source: "exec yes" } });
      b.launcher.start(spec);
      return spec;
    };
    for (const [command, exit] of [
      ["trap 'exit 143' TERM; while read -r line; do :; done", { exitCode: 143, signal: 0 }],
      ["sleep 60", { exitCode: 0, signal: constants.signals.SIGTERM }],
    ] as const) {
      const spec = start(command);
      const again = setInterval(() => b.launcher.signal(spec.id, "SIGTERM"), 50);
      assert.deepEqual((await b.end(spec.id)).exit, exit, command);
      clearInterval(again);
    }
    await b.close();
  });
}
