import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { cancelJob } from "./cancel.ts";
import { spawnDetached } from "./detach.ts";
import { findJob } from "./find-job.ts";
import { identify } from "./identity.ts";
import { type JobView, readJob } from "./job-view.ts";
import { killOrphans } from "./orphans.ts";
import { scratch } from "./testing.ts";

const driver = fileURLToPath(new URL("fixture-driver.ts", import.meta.url));

async function detached(
  command: string,
): Promise<{ env: NodeJS.ProcessEnv; view: () => JobView; pid: number }> {
  const env = { ...process.env, XDG_STATE_HOME: scratch() };
  const job = await spawnDetached({
    env,
    program: [process.execPath, driver],
    args: [command],
    stdin: "empty",
  });
  assert.equal(job.type, "running");
  assert.ok(job.type === "running");
  return { env, pid: job.pid, view: () => readJob(findJob(env, job.id))! };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(10);
}

test("a detached job runs on its own, and its output is in its directory", async () => {
  const { view } = await detached("echo here; exit 3");
  await until(() => view().state !== "running");
  assert.equal(view().state, "failed");
  assert.equal(readFileSync(join(view().directory, "stdout"), "utf8"), "here\n");
  assert.equal(view().request.detached, true);
});

test("a detached job with wrong words is refused here and now", async () => {
  const env = { ...process.env, XDG_STATE_HOME: scratch() };
  const job = await spawnDetached({
    env,
    program: [process.execPath, driver],
    args: ["refuse"],
    stdin: "empty",
  });
  assert.ok(job.type === "refused");
  assert.equal(job.exitCode, 7);
  assert.equal(job.stderr.toString(), "no such option\n");
});

test("cancel kills what runs", async () => {
  const { env, view } = await detached("exec sleep 60");
  assert.equal(view().state, "running");
  assert.equal(await cancelJob(env, view(), false), "cancelled");
  assert.equal(view().state, "cancelled");
  assert.equal(await cancelJob(env, view(), false), "had ended");
});

test("cancel --drain lets it end", async () => {
  const { env, view } = await detached("sleep 2");
  assert.equal(await cancelJob(env, view(), true), "draining");
  await until(() => view().state !== "running");
  assert.equal(view().state, "succeeded");
});

test("after kill -9 of the driver, cancel ends what it left and says so", async () => {
  const file = join(scratch(), "pid");
  const { env, view, pid } = await detached(`echo $$ >${file}; exec env -i sh -c 'sleep 60; :'`);
  await until(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"));
  const orphan = Number(readFileSync(file, "utf8"));
  await until(() => readFileSync(`/proc/${orphan}/cmdline`, "latin1").startsWith("sh\0-c\0sleep"));
  process.kill(pid, "SIGKILL");
  await until(() => view().state === "interrupted");
  assert.ok(identify(orphan));
  assert.equal(await cancelJob(env, view(), false), "cancelled");
  assert.equal(view().state, "cancelled");
});

test("orphans are the processes of tasks without an outcome, and only those", async () => {
  const start = (seq: string, job = "test-job"): ReturnType<typeof spawn> =>
    spawn("sleep", ["60"], { env: { ...process.env, YONDER_JOB: job, PARALLEL_SEQ: seq }, stdio: "ignore" });
  const kept = [start("1"), start("2", "other-job")];
  const orphan = start("2");
  await Promise.all([...kept, orphan].map((child) => once(child, "spawn")));
  const ended = once(orphan, "exit");
  assert.equal(await killOrphans("test-job", (task) => task === 1), 1);
  assert.deepEqual(await ended, [null, "SIGTERM"]);
  for (const child of kept) {
    assert.ok(identify(child.pid!));
    child.kill("SIGKILL");
  }
});
