import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { YonderError } from "../interface/errors.ts";
import { ask } from "./asks.ts";
import { livenessOf, type ProcessIdentity } from "./identity.ts";
import { type JobView, lastHeardMs, readJob } from "./job-view.ts";
import { killOrphans } from "./orphans.ts";
import { resumeJob } from "./resume.ts";

/** As if its driver had lived to see SIGTERM. */
const CANCELLED_EXIT = 128 + constants.signals.SIGTERM;
const POLL_MS = 20;
const SECOND_SIGNAL_MS = 100;
/** A driver that has not ended by then is killed. */
const PATIENCE_MS = 10_000;

export type CancelResult = "draining" | "cancelled" | "had ended";

/**
 * Stops a job. A driver starts nothing more after SIGUSR2, as after SIGHUP, which nohup has it ignore, and kills what runs after a second SIGTERM, or the first. A program
 * is asked to do the same with its tasks.
 *
 * @param drain let what runs come to its end; returns at once
 * @throws YonderError where the driver cannot be reached from here
 */
export async function cancelJob(
  env: NodeJS.ProcessEnv,
  view: JobView,
  drain: boolean,
): Promise<CancelResult> {
  if (view.state === "interrupted") {
    await endWithoutDriver(env, view);
    return "cancelled";
  }
  if (view.driver === undefined) return "had ended";
  if (view.request.sdk) return cancelProgram(view, view.driver, drain);
  requireHere(view, view.driver);
  signal(view.driver, drain ? "SIGUSR2" : "SIGTERM");
  if (drain) return "draining";
  await stopDriver(view.driver);
  return (await endWithoutDriver(env, view)) ? "cancelled" : "had ended";
}

/** The process is the program's own, and may do other things: it is asked, not signalled, and never killed. */
async function cancelProgram(view: JobView, driver: ProcessIdentity, drain: boolean): Promise<CancelResult> {
  const untilMs = Date.now() + PATIENCE_MS;
  const isHeard = (await ask(view.directory, { type: "cancel", drain }, PATIENCE_MS)) !== undefined;
  if (isHeard && drain) return "draining";
  for (;;) {
    const { finished } = readJob(view.directory)?.summary ?? {};
    if (finished !== undefined) return finished.cancelled ? "cancelled" : "had ended";
    if (Date.now() > untilMs) break;
    await sleep(POLL_MS);
  }
  throw new YonderError("JOURNAL", {
    message: `job ${view.id} does not end: its program, process ${driver.pid} on ${driver.host}, is busy`,
    remedy: `try again, or end the program: kill ${driver.pid}`,
    exitCode: 1,
  });
}

async function stopDriver(driver: ProcessIdentity): Promise<void> {
  const startMs = Date.now();
  // Two signals close to each other may arrive as one.
  for (let nextMs = SECOND_SIGNAL_MS; livenessOf(driver) === "alive"; await sleep(POLL_MS)) {
    const passedMs = Date.now() - startMs;
    if (passedMs > PATIENCE_MS) signal(driver, "SIGKILL");
    else if (passedMs > nextMs) {
      signal(driver, "SIGTERM");
      nextMs = passedMs + SECOND_SIGNAL_MS * 5;
    }
  }
}

/** Says that the job was cancelled, where no driver has said how it ended. False where one has, otherwise. */
async function endWithoutDriver(env: NodeJS.ProcessEnv, view: JobView): Promise<boolean> {
  const finished = readJob(view.directory)?.summary.finished;
  if (finished !== undefined) return finished.cancelled === true;
  const endedMs = lastHeardMs(view.directory);
  const job = resumeJob({ env, keepBytes: 0, warn: () => {} }, view.directory, { damaged: "leave" });
  await killOrphans(job.id, job.done);
  job.takeStock();
  job.journal.finish(CANCELLED_EXIT, true, endedMs);
  return true;
}

function requireHere(view: JobView, driver: ProcessIdentity): void {
  if (livenessOf(driver) === "alive") return;
  throw new YonderError("JOURNAL", {
    message: `job ${view.id} runs on ${driver.host}, out of reach from here`,
    remedy: `run yonder cancel ${view.id} there`,
    exitCode: 1,
  });
}

function signal(driver: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    if (livenessOf(driver) === "alive") process.kill(driver.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
