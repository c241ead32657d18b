import { readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/** Of the agents of all machines that share a home directory, each has its own. */
export function runName(): string {
  return `${hostname()}.${process.pid}.${Date.now().toString(36)}`;
}

/** Removes the directories of agents of this machine that have ended without having done so. */
export async function removeOrphans(runs: string): Promise<void> {
  const ours = `${hostname()}.`;
  for (const name of await readdir(runs)) {
    const pid = name.startsWith(ours) ? Number(name.slice(ours.length).split(".")[0]) : 0;
    if (pid > 0 && !isAlive(pid)) await rm(join(runs, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
