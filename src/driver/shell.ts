import { accessSync, constants, readFileSync, readlinkSync } from "node:fs";

const SHELLS: ReadonlySet<string> = new Set(
  "ash bash csh dash elvish fish fizsh ksh ksh93 lksh mksh pdksh posh rc sash sh static-sh tcsh yash zsh".split(
    " ",
  ),
);

/**
 * The shell that runs the jobs, as GNU parallel chooses it: $PARALLEL_SHELL; the shell that started us, so that its
 * user finds in jobs what works at the prompt; $SHELL; /bin/sh.
 */
export function jobShell(env: NodeJS.ProcessEnv): string {
  return env["PARALLEL_SHELL"] || parentShell(process.ppid) || env["SHELL"] || "/bin/sh";
}

/** The name by which the parent was started matters (sh is not bash, though it may be the same file). */
function parentShell(pid: number): string | undefined {
  try {
    const [started = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const name = started.slice(started.lastIndexOf("/") + 1).replace(/^-/, "");
    if (!SHELLS.has(name)) return undefined;
    if (started.startsWith("/") && isExecutable(started)) return started;
    return isExecutable(`/bin/${name}`) ? `/bin/${name}` : readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined; // no /proc here, or the parent is another user's
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
