import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import type { AttemptEnd, AttemptSpec, Launcher } from "../../../interface/launcher.ts";
import { shellLauncher } from "../../../launch/shell/launcher.ts";
import { speculating } from "./speculate.ts";

/** Slot 1 is at place 1, slot 2 at place 2; which of them it is in, an attempt can tell by $SLOT. */
let directory = "";
let launcher: Launcher;
let ends: AttemptEnd[] = [];
let onEnd: (end: AttemptEnd) => void = () => {};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "yonder-speculate-"));
  ends = [];
  launcher = speculating({
    launcher: (events) =>
      shellLauncher({
        shell: "/bin/sh",
        env: process.env,
        slotEnv: (slot) => [["SLOT", String(slot)]],
        inheritOutput: false,
        inheritStdin: false,
        onShell() {},
        onShortage() {},
        ...events,
      }),
    onEnd(end) {
      ends.push(end);
      onEnd(end);
    },
    onReturn: (id) => assert.fail(`${id} came back`),
    layout: () => ({ slots: 2, places: [1, 2] }),
    isWindingUp: () => true,
  });
});

afterEach(async () => {
  await launcher.close();
  rmSync(directory, { recursive: true });
});

function attempt(command: string, slot = 1): AttemptSpec {
  const output = { type: "files", stdout: join(directory, "out"), stderr: join(directory, "err") } as const;
  return { id: 1, slot, command, env: [], stdin: { type: "null" }, output };
}

function run(spec: AttemptSpec): Promise<AttemptEnd> {
  launcher.start(spec);
  return new Promise((resolve) => {
    onEnd = resolve;
  });
}

test("a slow attempt is run at another place too; the first to succeed counts, and its output", async () => {
  const end = await run(
    attempt(`echo by $SLOT; if [ $SLOT = 1 ]; then sleep 60 & echo $! >${directory}/pid; wait; fi`),
  );
  assert.deepEqual(end.exit, { exitCode: 0, signal: 0 });
  assert.deepEqual([end.id, end.slot], [1, 2]);
  assert.equal(readFileSync(join(directory, "out"), "utf8"), "by 2\n");
  await launcher.close();
  assert.equal(ends.length, 1, "the loser is not told");
  assert.ok(!isAlive(Number(readFileSync(join(directory, "pid"), "utf8"))), "and is dead");
});

/** One that nobody has waited for is dead all the same. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return /^[^Z]/.test(stdout.trim());
}

test("a copy that fails is forgotten", async () => {
  const end = await run(attempt("echo by $SLOT; [ $SLOT = 1 ] || exit 3; sleep 2.5"));
  assert.deepEqual([end.exit.exitCode, end.slot], [0, undefined]);
  assert.equal(readFileSync(join(directory, "out"), "utf8"), "by 1\n");
  assert.ok(!existsSync(join(directory, "out.twin")), "with what it wrote");
});

test("what ends in time is run once", async () => {
  const end = await run(attempt(`echo $SLOT >>${directory}/runs; sleep 0.6`));
  assert.equal(end.exit.exitCode, 0);
  assert.equal(readFileSync(join(directory, "runs"), "utf8"), "1\n");
});
