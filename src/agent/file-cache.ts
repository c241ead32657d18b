import { createHash, type Hash } from "node:crypto";
import { closeSync, constants, createReadStream, openSync, renameSync, writeSync } from "node:fs";
import { copyFile, readdir, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { makeDirectories } from "../directories.ts";

/** Files by the SHA-256 of their content, in hexadecimal. They outlive the agent. */
export interface FileCache {
  /** Also refreshes it. */
  has(hash: string, sizeBytes: number): Promise<boolean>;
  /** Makes a file of its own with the content. @throws where it is damaged: then it is there no more */
  copy(hash: string, path: string): Promise<void>;
  /** Adds the next part of a content; with the last one it is there. @throws where it is another, or cannot be written */
  add(hash: string, part: Uint8Array, isLast: boolean): void;
  /** Removes what nobody has used for a month. */
  removeOld(): Promise<void>;
}

interface Coming {
  readonly fd: number;
  readonly path: string;
  readonly hash: Hash;
}

const AGE_MS_MAX = 30 * 24 * 3600 * 1000;

/** As the driver's own script has it that brings the agent: see launch/agent/probe.ts. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  return join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "yonder");
}

export function openFileCache(directory: string): FileCache {
  makeDirectories(directory, 0o700);
  const coming = new Map<string, Coming>();
  const pathOf = (hash: string): string => join(directory, hash);

  function begin(hash: string): Coming {
    const path = pathOf(`.${hash}.${process.pid}`);
    const begun = { fd: openSync(path, "w", 0o600), path, hash: createHash("sha256") };
    coming.set(hash, begun);
    return begun;
  }

  return {
    async has(hash, sizeBytes) {
      const path = pathOf(hash);
      const found = await stat(path).catch(() => undefined);
      if (found?.size !== sizeBytes) return false;
      const now = new Date();
      await utimes(path, now, now);
      return true;
    },
    async copy(hash, path) {
      if ((await hashOf(pathOf(hash))) !== hash) {
        await rm(pathOf(hash), { force: true });
        throw new Error(`${pathOf(hash)} was damaged: the next connection sends it again`);
      }
      await copyFile(pathOf(hash), path, constants.COPYFILE_FICLONE);
    },
    add(hash, part, isLast) {
      const one = coming.get(hash) ?? begin(hash);
      for (let at = 0; at < part.length; ) at += writeSync(one.fd, part, at);
      one.hash.update(part);
      if (!isLast) return;
      coming.delete(hash);
      closeSync(one.fd);
      if (one.hash.digest("hex") !== hash) throw new Error("a file has changed while it was sent");
      renameSync(one.path, pathOf(hash));
    },
    async removeOld() {
      for (const name of await readdir(directory)) {
        const found = await stat(pathOf(name)).catch(() => undefined);
        const isOld = found !== undefined && Date.now() - found.mtimeMs > AGE_MS_MAX;
        if (isOld) await rm(pathOf(name), { force: true });
      }
    },
  };
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
