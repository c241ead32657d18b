// A driver for tests: runs one slow command in a slot of its own, and does what SIGTERM asks for.
import { spawn } from "node:child_process";
import { DETACHED_VARIABLE } from "./detach.ts";
import { openJournal } from "./open-journal.ts";
import { JOB_VARIABLE } from "./orphans.ts";
import { anOutcome, aRequest } from "./testing.ts";

if (process.argv[2] === "refuse") {
  process.stderr.write("no such option\n");
  process.exit(7);
}
// From the moment in which a job can be found, it can be cancelled.
let signals = 0;
process.on("SIGTERM", () => {
  if (++signals === 2) child.kill("SIGKILL");
});
process.on("SIGUSR2", () => {});
const id = process.env[DETACHED_VARIABLE];
const journal = openJournal(
  { env: process.env, keepBytes: Infinity, warn: console.error, ...(id !== undefined && { id }) },
  aRequest({ detached: id !== undefined }),
);
journal.outcome(anOutcome(1));
journal.total(2);
journal.status(() => ({ slots: 1, running: [], waiting: 1 }));
const env = { ...process.env, [JOB_VARIABLE]: journal.id, PARALLEL_SEQ: "2" };
const child = spawn("sh", ["-c", process.argv[2] ?? "sleep 60"], {
  env,
  stdio: ["inherit", "inherit", "inherit"],
});
child.on("exit", (exitCode) => {
  journal.outcome(
    anOutcome(2, { outcome: exitCode === 0 ? "succeeded" : "failed", exitCode: exitCode ?? 0 }),
  );
  journal.finish(exitCode ?? 255, signals > 1);
});
