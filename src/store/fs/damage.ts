import type { Cid } from "../../interface/store.ts";
import type { Core } from "./core.ts";
import type { Database } from "./database.ts";
import { pathOfPlace } from "./readers.ts";
import { removeDeadObjects } from "./remove-objects.ts";

/**
 * Takes a block that was found damaged out of the store, so that the next put of the same bytes stores them again. Of
 * an object it takes everything, and moves the file to the quarantine.
 */
export async function condemn(core: Core, cid: Cid, place: number): Promise<void> {
  const root = await core.write(({ db }) => {
    // Somebody else may have condemned it, or put it again elsewhere.
    const isThere = db.get("select 1 from blocks where cid = ? and place = ?", cid, place) !== undefined;
    if (place > 0) {
      if (isThere) condemnBlock(db, cid, pathOfPlace(db, core.places, place));
      return undefined;
    }
    return condemnObject(core, -place);
  });
  if (root !== undefined) await removeDeadObjects(core, [root], "quarantine");
}

/** The rows of one block, within a write transaction. */
export function condemnBlock(db: Database, cid: Cid, where: string): void {
  db.run("delete from blocks where cid = ?", cid);
  db.run("insert or replace into damaged values (?, ?)", cid, where);
  forgetStats(db);
}

/** The rows of an object and of all blocks in it; its root. Within a write transaction. */
export function condemnObject({ db, places }: Core, id: number): Cid | undefined {
  const root = db.get("select cid from objects where id = ?", id)?.["cid"] as Cid | undefined;
  if (root === undefined) return undefined;
  const where = pathOfPlace(db, places, -id);
  const cids = db.all("select cid from blocks where place = ?", -id).map((row) => row["cid"] as Cid);
  for (const cid of [...cids, root]) condemnBlock(db, cid, where);
  return root;
}

/** Files that are known by their stat are taken for stored when their root is there: not any more. */
export function forgetStats(db: Database): void {
  db.run("delete from files");
  db.run("delete from listings");
}
