import type { ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "../child/start.ts";
import { YonderError } from "../interface/errors.ts";
import { checkedFile } from "../seal/checked-file.ts";
import { newDirectory } from "./open-journal.ts";
import { JOB_FILES } from "./places.ts";

/** Set for a detached driver: the job whose directory waits for it. */
export const DETACHED_VARIABLE = "YONDER_DETACHED";

export interface DetachOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The program and its first words, such as `[process.execPath, process.argv[1]]`. */
  readonly program: readonly [string, ...string[]];
  /** What the driver is to run; no --detach in it. */
  readonly args: readonly string[];
  /** Descriptor 0 as it is (a regular file), a copy of all that comes from it (a pipe), or nothing (a terminal). */
  readonly stdin: "inherit" | "copy" | "empty";
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
 * A pipe is read to its end first, into a file: who writes to it may not outlive the session.
 */
export async function spawnDetached(options: DetachOptions): Promise<Detached> {
  const { id, directory, stdin, stdout, stderr } = placeOf(options);
  const [file, ...first] = options.program;
  const child = startChild(file, [...first, ...options.args], {
    detached: true,
    env: { ...options.env, [DETACHED_VARIABLE]: id },
    stdio: [stdin ?? (options.stdin === "inherit" ? 0 : "ignore"), stdout, stderr],
  });
  for (const fd of [stdin, stdout, stderr]) if (fd !== undefined) closeSync(fd);
  const exitCode = await startOrEnd(child, join(directory, JOB_FILES.request));
  if (exitCode === undefined) {
    child.unref();
    return { type: "running", id, pid: child.pid! };
  }
  const words = readFileSync(join(directory, JOB_FILES.stderr));
  rmSync(directory, { recursive: true, force: true });
  return { type: "refused", exitCode, stderr: words };
}

/** A job that nobody sees must have its directory: how it goes is told nowhere else. */
function placeOf({ env, stdin }: DetachOptions): Place {
  let made: ReturnType<typeof newDirectory> | undefined;
  try {
    const { id, directory } = (made = newDirectory({ env }, Date.now()));
    return {
      id,
      directory,
      stdin: stdin === "copy" ? copyInput(join(directory, JOB_FILES.input)) : undefined,
      stdout: openSync(join(directory, JOB_FILES.stdout), "a", 0o600),
      stderr: openSync(join(directory, JOB_FILES.stderr), "a", 0o600),
    };
  } catch (cause) {
    if (made !== undefined) rmSync(made.directory, { recursive: true, force: true });
    throw new YonderError("JOURNAL", {
      message: `a detached job needs a journal, and there can be none: ${(cause as Error).message}`,
      remedy: "name a directory that you may write to, with room in it, with XDG_STATE_HOME",
      cause,
    });
  }
}

interface Place {
  readonly id: string;
  readonly directory: string;
  readonly stdin: number | undefined;
  readonly stdout: number;
  readonly stderr: number;
}

/** Copies standard input to its end; a descriptor that reads the copy. */
function copyInput(file: string): number {
  const copy = checkedFile(file);
  const chunk = Buffer.allocUnsafe(1 << 16);
  for (let count = readSync(0, chunk); count > 0; count = readSync(0, chunk)) {
    copy.append(chunk.subarray(0, count));
  }
  copy.close();
  return openSync(file, "r");
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
