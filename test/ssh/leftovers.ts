import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMarked } from "./loopback-host.ts";
import { processesWhere, signalAll } from "./processes.ts";

/** Directories of labs begin so, and go on with the number of the process that made them. */
export const PREFIX = "yonder-ssh-";

/** Removes what labs of dead processes have left: their namespaces are gone, their files and loopback hosts may not be. */
export function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const directory = join(tmpdir(), name);
    signalAll(
      processesWhere((other) => isMarked(other, directory)),
      "SIGKILL",
    );
    rmSync(directory, { recursive: true, force: true });
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
