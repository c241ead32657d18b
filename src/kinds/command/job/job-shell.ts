import { accessSync, constants, readFileSync, readlinkSync, statSync } from "node:fs";
import { formatInherited, INHERITED_VARIABLE, inherited } from "../../../child/inherited.ts";
import { YonderError } from "../../../interface/errors.ts";

const SHELLS: ReadonlySet<string> = new Set(
  "ash bash csh dash elvish fish fizsh ksh ksh93 lksh mksh pdksh posh rc sash sh static-sh tcsh yash zsh".split(
    " ",
  ),
);

/**
 * The shell that runs the jobs, as GNU parallel chooses it: $PARALLEL_SHELL; the nearest shell among the processes that
 * we come from, so that its user finds in jobs what works at the prompt, whatever stands between (timeout, env, make); $SHELL;
 * /bin/sh.
 *
 * @throws YonderError LAUNCH where it cannot be run
 */
export function jobShell(env: NodeJS.ProcessEnv): string {
  const shell =
    env["PARALLEL_SHELL"] || inherited().shell || nearestShell(process.ppid) || env["SHELL"] || "/bin/sh";
  const path = shell.includes("/") ? shell : findInPath(shell, env["PATH"] ?? "");
  if (path !== undefined && isProgram(path)) return path;
  throw new YonderError("LAUNCH", {
    message: `the shell of the jobs, ${shell}, cannot be run`,
    remedy: "set PARALLEL_SHELL to a shell that is there, such as /bin/sh",
  });
}

/**
 * For the program that is started again, away from the processes that we come from: it runs jobs as we would, but without
 * the descriptors, which somebody else may wait for the end of.
 */
export function startedAgain(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const given = { ...inherited(), descriptors: [], shell: jobShell(env) };
  return { ...env, [INHERITED_VARIABLE]: formatInherited(given) };
}

function nearestShell(pid: number): string | undefined {
  for (let at: number | undefined = pid; at !== undefined && at > 0; at = parentOf(at)) {
    const shell = shellOf(at);
    if (shell !== undefined) return shell;
  }
  return undefined;
}

/** Undefined where the process is gone, or there is no /proc. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Behind the name, which may have any character in it, come the state and the parent.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

/** The name by which a process was started matters (sh is not bash, though it may be the same file). */
function shellOf(pid: number): string | undefined {
  try {
    const [started = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const name = started.slice(started.lastIndexOf("/") + 1).replace(/^-/, "");
    if (!SHELLS.has(name)) return undefined;
    const paths = [started, `/bin/${name}`];
    return paths.find((path) => path.startsWith("/") && isProgram(path)) ?? readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined; // it is another user's
  }
}

function findInPath(name: string, path: string): string | undefined {
  return path
    .split(":")
    .map((directory) => `${directory || "."}/${name}`)
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
