import { once } from "node:events";
import { join } from "node:path";
import { startChild } from "../child/start.ts";
import { homeOf } from "../home.ts";
import { YonderError } from "../interface/errors.ts";
import { defaultSemaphoreName } from "./name.ts";
import {
  acquireSemaphore,
  inheritedHold,
  type SemaphoreHold,
  type SemaphoreOptions,
  waitForSemaphore,
} from "./semaphore.ts";

/** Set for the process that runs a command in the background: its share was taken before it began. */
const HELD_VARIABLE = "YONDER_SEMAPHORE_HELD";
/** GNU parallel's exit code when a negative timeout has passed. */
const GAVE_UP = 1;

export interface SemaphoreRun extends Omit<SemaphoreOptions, "name" | "parallelHome"> {
  readonly env: NodeJS.ProcessEnv;
  /** That of the process in the background. */
  backgroundEnv(): NodeJS.ProcessEnv;
  /** Undefined: the terminal. */
  readonly name: SemaphoreOptions["name"] | undefined;
  /** Run in the foreground, with the command's exit status. */
  readonly fg: boolean;
  /** Only wait until nobody holds the semaphore. */
  readonly wait: boolean;
}

/**
 * Runs a command while holding a semaphore; in the background unless `fg`, which means: returns 0 as soon as the
 * semaphore is held, and the same command line goes on in another process.
 *
 * @param runJob runs the command in this process, and resolves with its exit status
 */
export async function runUnderSemaphore(run: SemaphoreRun, runJob: () => Promise<number>): Promise<number> {
  const options: SemaphoreOptions = {
    ...run,
    name: run.name ?? defaultSemaphoreName(),
    parallelHome: run.env["PARALLEL_HOME"] || join(homeOf(run.env) ?? "/", ".parallel"),
  };
  if (run.wait) return (await waitForSemaphore(options)) ? 0 : GAVE_UP;
  if (run.env[HELD_VARIABLE] !== undefined) {
    // Not for the command: a semaphore that it uses itself is another one.
    delete run.env[HELD_VARIABLE];
    return runHolding(inheritedHold(options), runJob);
  }
  const hold = await acquireSemaphore(options).catch((cause) => {
    throw unusable(options.parallelHome, cause);
  });
  if (hold === undefined) return GAVE_UP;
  return run.fg ? runHolding(hold, runJob) : runInBackground(hold, run.backgroundEnv());
}

function unusable(parallelHome: string, cause: unknown): YonderError {
  return new YonderError("LAUNCH", {
    message: `semaphores cannot be kept in ${parallelHome}: ${(cause as Error).message}`,
    remedy: "name a directory that you may write to with PARALLEL_HOME",
    cause,
  });
}

async function runHolding(hold: SemaphoreHold, runJob: () => Promise<number>): Promise<number> {
  try {
    return await runJob();
  } finally {
    hold.release();
  }
}

async function runInBackground(hold: SemaphoreHold, env: NodeJS.ProcessEnv): Promise<number> {
  const child = startChild(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    env: { ...env, [HELD_VARIABLE]: "1" },
    stdio: "inherit",
  });
  try {
    await once(child, "spawn");
  } catch (error) {
    hold.release();
    throw error;
  }
  hold.handOver(child.pid!);
  child.unref();
  return 0;
}
