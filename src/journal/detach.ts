import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { JOB_FILES } from "./places.ts";
import { newDirectory } from "./writer.ts";

/** Set for a detached driver: the job whose directory waits for it. */
export const DETACHED_VARIABLE = "YONDER_DETACHED";

export interface DetachOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The program and its first words, such as `[process.execPath, process.argv[1]]`. */
  readonly program: readonly [string, ...string[]];
  /** What the driver is to run; no --detach in it. */
  readonly args: readonly string[];
  /** An open descriptor for its standard input; undefined for an empty one. */
  readonly stdin?: number | undefined;
}

export type Detached =
  | { readonly type: "running"; readonly id: string; readonly pid: number }
  /** It ended before it had a job: its words were wrong. */
  | { readonly type: "refused"; readonly exitCode: number; readonly stderr: Buffer };

const POLL_MS = 5;

/**
 * Starts the program again as a job that needs nobody: a session of its own, so that the end of the terminal does not
 * reach it, with its output in the job's directory. Resolves when the job can be asked about.
 *
 * Standard input from a pipe or terminal must be copied to a file first (`spoolStdin`): who writes to the pipe may not
 * outlive the session.
 */
export async function spawnDetached(options: DetachOptions): Promise<Detached> {
  const { id, directory } = newDirectory({ env: options.env }, Date.now());
  const stdout = openSync(join(directory, JOB_FILES.stdout), "a", 0o600);
  const stderr = openSync(join(directory, JOB_FILES.stderr), "a", 0o600);
  const [file, ...first] = options.program;
  const child = spawn(file, [...first, ...options.args], {
    detached: true,
    env: { ...options.env, [DETACHED_VARIABLE]: id },
    stdio: [options.stdin ?? "ignore", stdout, stderr],
  });
  closeSync(stdout);
  closeSync(stderr);
  const exitCode = await startOrEnd(child, join(directory, JOB_FILES.request));
  if (exitCode === undefined) {
    child.unref();
    return { type: "running", id, pid: child.pid! };
  }
  const words = readFileSync(join(directory, JOB_FILES.stderr));
  rmSync(directory, { recursive: true, force: true });
  return { type: "refused", exitCode, stderr: words };
}

/** Undefined when the job's request is there; the exit code of a program that ended without one. */
async function startOrEnd(child: ChildProcess, request: string): Promise<number | undefined> {
  let ended: number | undefined;
  child.once("error", () => (ended = 127));
  child.once("exit", (exitCode) => (ended = exitCode ?? 255));
  for (;;) {
    if (existsSync(request)) return undefined;
    if (ended !== undefined) return existsSync(request) ? undefined : ended;
    await sleep(POLL_MS);
  }
}
