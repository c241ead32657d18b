import { renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeDirectories } from "../../directories.ts";
import type { Cid } from "../../interface/store.ts";
import type { Core } from "./core.ts";
import { objectPath, type Places } from "./places.ts";
import { removeFile } from "./temporary.ts";

/**
 * Removes those objects whose root is no block any more. None of their other blocks may be in use. The bytes freed.
 *
 * In two steps, so that a row always means that the bytes are there: first the rows, then the files, unless somebody has
 * put one again in between.
 */
export async function removeDeadObjects(
  core: Core,
  cids: readonly Cid[],
  how: "remove" | "quarantine" = "remove",
): Promise<number> {
  const { db, places, readers } = core;
  const removed = await core.write(() =>
    cids.filter((cid) => {
      if (db.get("select 1 from blocks where cid = ?", cid) !== undefined) return false;
      const row = db.get("delete from objects where cid = ? returning id", cid);
      if (row !== undefined) readers.forget(-Number(row["id"]));
      return row !== undefined;
    }),
  );
  if (removed.length === 0) return 0;
  return await core.write(() =>
    removed.reduce((bytes, cid) => {
      if (db.get("select 1 from objects where cid = ?", cid) !== undefined) return bytes;
      return bytes + takeAway(places, cid, how);
    }, 0),
  );
}

/** The length of the file that is gone now. Only within a write transaction, for an object without a row. */
export function takeAway(places: Places, cid: Cid, how: "remove" | "quarantine"): number {
  const path = objectPath(places, cid);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (how === "remove") removeFile(path);
  else if (size > 0) {
    makeDirectories(places.quarantine, 0o700);
    renameSync(path, join(places.quarantine, cid));
  }
  return size;
}
