import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { availableParallelism, hostname, loadavg, tmpdir, totalmem, userInfo } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { quoteWord } from "../../../bytes/quote.ts";
import { FACT_GROUPS, type HostFacts, type ShellKind } from "./facts.ts";
import { factsScript } from "./facts-script.ts";
import { loadIn } from "./load.ts";
import { loadScript, parseKernel } from "./load-script.ts";
import { parseFacts } from "./parse-facts.ts";

const SHELLS: readonly (readonly [name: string, ...words: string[]])[] = [
  ["dash"],
  ["bash", "--posix"],
  ["busybox", "sh"],
  ["ksh"],
  ["ksh93"],
  ["mksh"],
  ["yash"],
  ["zsh", "--emulate", "sh"],
];

/** What a name leads to: on one machine `ksh` is mksh, on another ksh93. */
function kindOf(name: string): ShellKind {
  const program = basename(realpathSync(whereIs(name)!));
  if (program === "lksh") return "mksh";
  return /^ksh/.test(program) ? "ksh" : (program.replace(/[-\d.]+$/, "") as ShellKind);
}

/** As the control shell of a connection runs it: with an eval in a subshell. */
function run(command: readonly string[], source: string, env: NodeJS.ProcessEnv = process.env): string {
  const [program = "", ...words] = command;
  const input = `(eval ${quoteWord(source)}) </dev/null 2>&1\n`;
  const { stdout, stderr } = spawnSync(program, words, { input, env, encoding: "latin1" });
  assert.equal(stderr, "");
  return stdout;
}

function factsBy(command: readonly string[], env?: NodeJS.ProcessEnv): HostFacts {
  const sentMs = Date.now();
  const output = run(command, factsScript(FACT_GROUPS), env);
  return parseFacts(output, { sentMs, receivedMs: Date.now() });
}

function whereIs(program: string): string | undefined {
  const paths = (process.env["PATH"] ?? "").split(":").map((directory) => join(directory, program));
  return paths.find((path) => existsSync(path));
}

const ALL_LOAD = ["memory", "processes", "swap", "disks"] as const;
const isLinux = process.platform === "linux";

for (const command of SHELLS) {
  const [name] = command;
  const skip = !isLinux ? "compares with Linux" : !whereIs(name) && `there is no ${name}`;
  test(`${name} tells what this machine is`, { skip }, () => {
    const loadBefore = loadavg()[0]!;
    const facts = factsBy(command, { ...process.env, HOME: tmpdir() });
    const loads = [loadBefore, loadavg()[0]!].sort((one, other) => one - other);
    const kind = kindOf(name);
    assert.equal(facts.shell, kind);
    assert.equal(facts.hostname, hostname());
    assert.equal(facts.user, userInfo().username);
    assert.equal(facts.home, tmpdir());
    assert.equal(facts.cpus.threads, availableParallelism());
    assert.equal(facts.memory.totalBytes, totalmem());
    assert.ok(facts.memory.availableBytes! <= totalmem());
    assert.ok(facts.loadAverage! >= loads[0]! - 0.01 && facts.loadAverage! <= loads[1]! + 0.01);
    assert.ok(facts.homeDisk!.totalBytes > 0 && facts.tmpDisk!.totalBytes > 0);
    assert.ok(facts.tools.tar !== undefined);
    // It is the same clock.
    const { offsetMs, uncertaintyMs } = facts.clock!;
    assert.ok(Math.abs(offsetMs) <= uncertaintyMs + 1, `${offsetMs} ± ${uncertaintyMs}`);
    if (kind !== "ksh") assert.ok(facts.speed! > 0 && facts.speed! < 20, `${facts.speed}`);
  });

  test(`${name} tells what this machine does`, { skip }, () => {
    const load = loadIn(parseKernel(run(command, loadScript(ALL_LOAD))));
    assert.ok(load.availableMemoryBytes! > 0);
    assert.ok(Number.isInteger(load.runnable));
    assert.ok(load.swap!.pagesIn >= 0);
    assert.ok(load.diskBusyMs !== undefined);
  });
}

const bare = mkdtempSync(join(tmpdir(), "facts-"));
after(() => rmSync(bare, { recursive: true }));

test("a host with nothing but busybox", {
  skip: !(isLinux && whereIs("busybox")) && "there is no busybox",
}, () => {
  spawnSync("busybox", ["--install", "-s", bare]);
  const facts = factsBy([join(bare, "sh")], { PATH: bare, HOME: "/", SHELL: "/bin/ash" });
  assert.equal(facts.shell, "busybox");
  assert.equal(facts.cpus.threads, availableParallelism());
  assert.deepEqual(facts.homeDisk?.path, "/");
  assert.equal(facts.tools.node, undefined);
  assert.equal(facts.tools.sha256sum?.path, join(bare, "sha256sum"));
  const { offsetMs, uncertaintyMs } = facts.clock!;
  assert.ok(Math.abs(offsetMs) <= uncertaintyMs + 1, `${offsetMs} ± ${uncertaintyMs}`);
});

test("a host with a shell and no program at all", { skip: !whereIs("dash") && "there is no dash" }, () => {
  const env = { PATH: "/nonexistent", HOME: "/" };
  const facts = factsBy(["/bin/dash"], env);
  assert.deepEqual(facts.tools, {});
  assert.deepEqual([facts.hostname, facts.clock, facts.homeDisk], [undefined, undefined, undefined]);
  if (!isLinux) return;
  assert.equal(facts.memory.totalBytes, totalmem());
  const load = loadIn(parseKernel(run(["/bin/dash"], loadScript(ALL_LOAD), env)));
  assert.deepEqual(
    Object.values(load).filter((value) => value === undefined),
    [],
  );
});
