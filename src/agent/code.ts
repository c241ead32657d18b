import { hash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { FromAgent, PlacedFile, ToAgent } from "../wire/agent.ts";
import { cacheDirectory, openFileCache, removeOrphans } from "./file-cache.ts";

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
  const root = join(runs, `${hostname()}.${process.pid}.${Date.now().toString(36)}`);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  // Above it no package.json is looked for: what is in the home directory here has no say.
  writeFileSync(join(root, "package.json"), "{}");
  void removeOrphans(runs);
  void cache.removeOld();
  const placed = new Set<string>();
  const waiting = new Map<
    string,
    { readonly parts: Uint8Array[]; readonly come: PromiseWithResolvers<void> }
  >();

  /** Resolves when the content is in the cache. Those who ask for it while it is on its way wait for the same. */
  function arrival(hash: string): { readonly isNew: boolean; readonly come: Promise<void> } {
    const known = waiting.get(hash);
    if (known !== undefined) return { isNew: false, come: known.come.promise };
    const come = Promise.withResolvers<void>();
    waiting.set(hash, { parts: [], come });
    return { isNew: true, come: come.promise };
  }

  async function placeFile(file: PlacedFile & { readonly hash: string }): Promise<void> {
    const content = await cache.get(file.hash);
    if (content === undefined) throw new Error(`${file.path} is not what was sent`);
    await writeFile(await pathHere(file.path), content);
  }

  async function pathHere(path: string): Promise<string> {
    const here = join(root, path);
    await mkdir(dirname(here), { recursive: true });
    return here;
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
      if ("link" in file) await symlink(join(root, file.link), await pathHere(file.path));
      else await placeFile(file);
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
    content({ hash: name, bytes, isLast }) {
      const one = waiting.get(name);
      if (one === undefined) return;
      one.parts.push(bytes);
      if (!isLast) return;
      waiting.delete(name);
      const content = Buffer.concat(one.parts);
      if (hash("sha256", content) !== name)
        return one.come.reject(new Error("a file has changed while it was sent"));
      cache.put(name, content).then(one.come.resolve, one.come.reject);
    },
    close() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
