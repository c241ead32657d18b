// A small `sem` for tests: fixture-sem.ts NAME LIMIT TIMEOUT_MS fg|bg|wait COMMAND
import { spawnSync } from "node:child_process";
import { runUnderSemaphore } from "./run.ts";

const [, , name, limit, timeoutMs, mode, command = ":"] = process.argv;
process.exitCode = await runUnderSemaphore(
  {
    env: process.env,
    backgroundEnv: () => process.env,
    name,
    limit: Number(limit),
    timeoutMs: Number(timeoutMs),
    fg: mode === "fg",
    wait: mode === "wait",
    warn: (line) => process.stderr.write(`${line}\n`),
  },
  async () => spawnSync("sh", ["-c", command], { stdio: "inherit" }).status ?? 255,
);
