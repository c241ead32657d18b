import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { repository } from "./scratch.ts";

// examples/sdk/bank kills the processes of its accounts; here the program is killed too.
const main = join(repository, "examples/sdk/bank/main.ts");
let home = "";
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "yonder-bank-"))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const options = () => ({ cwd: home, env: { PATH: process.env["PATH"], HOME: home } });

function runToEnd(transfers: number): string {
  const { stdout, stderr } = spawnSync(process.execPath, [main, String(transfers)], {
    ...options(),
    encoding: "utf8",
    timeout: 120_000,
  });
  assert.equal(stderr, "");
  return stdout;
}

/** Kills the program so long after it has opened the accounts. */
function runAndKill(afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [main, "1000000"], {
    ...options(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.once("data", () => setTimeout(() => child.kill("SIGKILL"), afterMs));
  return new Promise((resolve) => child.on("close", () => resolve()));
}

test("accounts whose processes are killed lose not a cent", () => {
  assert.match(runToEnd(600), /^open: 0 .*\n600 transfers, [1-9]\d* processes killed, 0 cents missing\n$/);
});

test("nor does a bank that is killed as a whole, again and again", async () => {
  for (let time = 0; time < 5; time++) await runAndKill(Math.random() * 1500);
  assert.match(runToEnd(100), /^open: \d+ .*\n100 transfers, \d+ processes killed, 0 cents missing\n$/);
});
