import { closeSync, fsyncSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { startChild } from "../../child/start.ts";
import type { Cid } from "../../interface/store.ts";
import type { Core } from "./core.ts";
import { objectPath, packPath } from "./places.ts";

/** From so many files on, one sync of the file system is cheaper than one of each. */
const EACH_MAX = 16;

/**
 * Data, then names, then the index: what the index says is on the disk is on the disk. Syncs what other processes have
 * put, too, as their blocks may be what a put of ours found there already. One at a time in a process.
 */
export async function flush(core: Core): Promise<void> {
  const { db, places } = core;
  const packs = db.all("select id, length from packs where synced < length");
  const objects = db.all("select id, cid from objects where synced = 0");
  if (packs.length + objects.length === 0) return;
  const paths = [
    ...packs.map(({ id }) => packPath(places, Number(id))),
    ...objects.map(({ cid }) => objectPath(places, cid as Cid)),
  ];
  if (paths.length <= EACH_MAX || !(await syncFileSystem(places.root))) {
    for (const path of paths) await syncData(path);
    const directories = [places.objects, places.packs, places.root];
    for (const directory of new Set([...paths.map((path) => dirname(path)), ...directories]))
      syncNames(directory);
  }
  // This commit is synced, and with it all that were made before.
  db.exec("pragma main.synchronous = full");
  try {
    await core.write(() => {
      for (const { id, length } of packs) {
        db.run("update packs set synced = max(synced, ?) where id = ?", length!, id!);
      }
      for (const { id } of objects) db.run("update objects set synced = 1 where id = ?", id!);
    });
  } finally {
    db.exec("pragma main.synchronous = normal");
  }
}

async function syncData(path: string): Promise<void> {
  try {
    const handle = await open(path, "r");
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Garbage collection was faster.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function syncNames(directory: string): void {
  try {
    const fd = openSync(directory, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    // Not there, or a file system that does not sync directories.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EINVAL" && code !== "EISDIR") throw error;
  }
}

/** False where there is no such program. */
function syncFileSystem(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sync = startChild("sync", ["-f", path], { stdio: "ignore" });
    sync.on("error", () => resolve(false));
    sync.on("exit", (code) => resolve(code === 0));
  });
}
