import { hash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { join } from "node:path";

/** Files by the SHA-256 of their content, which outlive the agent. */
export interface FileCache {
  /** Also refreshes it. */
  has(name: string, sizeBytes: number): Promise<boolean>;
  /** Undefined where it is missing or damaged; then it is removed. */
  get(name: string): Promise<Uint8Array | undefined>;
  put(name: string, content: Uint8Array): Promise<void>;
  /** Removes what nobody has used for a month. */
  removeOld(): Promise<void>;
}

const AGE_MS_MAX = 30 * 24 * 3600 * 1000;

/** As the driver's own script has it that brings the agent: see launch/agent/bring.ts. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  return join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "yonder");
}

export function openFileCache(directory: string): FileCache {
  let last = 0;
  const made = mkdir(directory, { recursive: true, mode: 0o700 });
  made.catch(() => {}); // each put says so
  const pathOf = (name: string): string => join(directory, name);
  return {
    async has(name, sizeBytes) {
      try {
        if ((await stat(pathOf(name))).size !== sizeBytes) return false;
        const now = new Date();
        await utimes(pathOf(name), now, now);
        return true;
      } catch {
        return false;
      }
    },
    async get(name) {
      const content = await readFile(pathOf(name)).catch(() => undefined);
      if (content === undefined || hash("sha256", content) === name) return content;
      await rm(pathOf(name), { force: true });
      return undefined;
    },
    async put(name, content) {
      await made;
      const temporary = pathOf(`.${name}.${process.pid}.${++last}`);
      await writeFile(temporary, content, { mode: 0o600 });
      await rename(temporary, pathOf(name));
    },
    async removeOld() {
      const names = await readdir(directory).catch(() => []);
      for (const name of names) {
        const found = await stat(pathOf(name)).catch(() => undefined);
        if (found !== undefined && Date.now() - found.mtimeMs > AGE_MS_MAX)
          await rm(pathOf(name), { force: true });
      }
    },
  };
}

/** Removes the directories of agents of this machine that are gone without having done so: `HOSTNAME.PID.…`. */
export async function removeOrphans(runs: string): Promise<void> {
  for (const name of await readdir(runs).catch(() => [])) {
    const pid = name.startsWith(`${hostname()}.`)
      ? Number(name.slice(hostname().length + 1).split(".")[0])
      : 0;
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
