import { rmSync, writeFileSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeDirectories } from "../directories.ts";
import type { FromAgent, PlacedFile, ToAgent } from "../wire/agent.ts";
import { cacheDirectory, openFileCache } from "./file-cache.ts";
import { removeOrphans, runName } from "./orphans.ts";

/** The modules that a driver has sent, and files beside them. */
export interface Code {
  /** Files are below it, at the paths that they have where they come from. It lives as long as the agent. */
  readonly root: string;
  place(message: ToAgent & { readonly type: "place" }): Promise<void>;
  content(message: ToAgent & { readonly type: "content" }): void;
  close(): void;
}

export function createCode(tell: (message: FromAgent) => void): Code {
  const cache = openFileCache(join(cacheDirectory(process.env), "files"));
  const runs = join(cacheDirectory(process.env), "run");
  const root = join(runs, runName());
  makeDirectories(root, 0o700);
  // Above it no package.json is looked for: what is in the home directory here has no say.
  writeFileSync(join(root, "package.json"), "{}");
  // Whatever hinders these, the next agent tries again.
  removeOrphans(runs).catch(() => {});
  cache.removeOld().catch(() => {});
  const placed = new Set<string>();
  const waiting = new Map<string, PromiseWithResolvers<void>>();

  /** Resolves when the content is in the cache. Those who ask for it while it is on its way wait for the same. */
  function arrival(hash: string): { readonly isNew: boolean; readonly come: Promise<void> } {
    const known = waiting.get(hash);
    if (known !== undefined) return { isNew: false, come: known.promise };
    const come = Promise.withResolvers<void>();
    waiting.set(hash, come);
    return { isNew: true, come: come.promise };
  }

  async function placeAll(id: number, files: readonly PlacedFile[]): Promise<void> {
    const arrivals: Promise<void>[] = [];
    const missing: string[] = [];
    for (const file of files) {
      if ("link" in file || (await cache.has(file.hash, file.sizeBytes))) continue;
      const { isNew, come } = arrival(file.hash);
      if (isNew) missing.push(file.hash);
      arrivals.push(come);
    }
    tell({ type: "missing", id, hashes: missing });
    await Promise.all(arrivals);
    for (const file of files) {
      const here = join(root, file.path);
      makeDirectories(dirname(here));
      if ("link" in file) await symlink(join(root, file.link), here);
      else await cache.copy(file.hash, here);
    }
  }

  return {
    root,
    async place({ id, files }) {
      const fresh = files.filter(({ path }) => !placed.has(path));
      for (const { path } of fresh) placed.add(path);
      try {
        await placeAll(id, fresh);
        tell({ type: "placed", id });
      } catch (error) {
        for (const { path } of fresh) placed.delete(path);
        tell({ type: "placed", id, error: (error as Error).message });
      }
    },
    content({ hash, bytes, isLast }) {
      const come = waiting.get(hash);
      if (come === undefined) return;
      try {
        cache.add(hash, bytes, isLast);
        if (!isLast) return;
        come.resolve();
      } catch (error) {
        come.reject(error);
      }
      waiting.delete(hash);
    },
    close() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
