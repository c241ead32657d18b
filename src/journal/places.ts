import { join } from "node:path";
import { homeOf } from "../home.ts";
import { YonderError } from "../interface/errors.ts";

/** Where yonder keeps what must outlive a process: `$XDG_STATE_HOME/yonder`, by default `~/.local/state/yonder`. @throws YonderError JOURNAL where there is no home */
export function stateDirectory(env: NodeJS.ProcessEnv): string {
  const base = env["XDG_STATE_HOME"];
  // The XDG specification: a relative path is invalid and is ignored.
  if (base?.startsWith("/")) return join(base, "yonder");
  const home = homeOf(env);
  if (home !== undefined) return join(home, ".local", "state", "yonder");
  throw new YonderError("JOURNAL", {
    message:
      "there is no place for journals: HOME is not set, and the system knows of no home directory of this user",
    remedy: "set HOME or XDG_STATE_HOME",
  });
}

export function jobsDirectory(env: NodeJS.ProcessEnv): string {
  return join(stateDirectory(env), "jobs");
}

/** Where the slots that all yonders of a person share are claimed: gone after a reboot where the system has such a place. */
export function sharedSlotsDirectory(env: NodeJS.ProcessEnv): string {
  const runtime = env["XDG_RUNTIME_DIR"];
  return runtime?.startsWith("/") ? join(runtime, "yonder", "slots") : join(stateDirectory(env), "slots");
}

/** The files of one job's directory. */
export const JOB_FILES = {
  /** What was asked; written once, whole. A directory without it is no job. */
  request: "request.json",
  /** One line a record, append-only. */
  journal: "journal.jsonl",
  /** Kept output of ended tasks, append-only; records say which bytes are whose. */
  output: "output",
  /** Standard input that was used as arguments, as it was read. */
  stdin: "stdin",
  /** What runs and waits now; replaced about once a second while the job runs. */
  status: "status.json",
  /** Outputs of attempts that run, and large outputs that have not been shown yet. */
  attempts: "attempts",
  /** The whole standard input of a detached job, from a pipe. */
  input: "input",
  /** What a detached job prints. */
  stdout: "stdout",
  stderr: "stderr",
} as const;
