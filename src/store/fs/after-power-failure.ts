import { statSync } from "node:fs";
import type { Cid } from "../../interface/store.ts";
import { forgetStats } from "./damage.ts";
import { blockNow, checkLeaves, leavesOf } from "./leaves.ts";
import { objectPath, type Places, packPath } from "./places.ts";
import { removeFile } from "./temporary.ts";
import type { Transaction } from "./writer.ts";

/**
 * After a restart of the machine the index may speak of bytes that never reached the disk. What was not flushed is
 * verified, and forgotten where it is not whole: nobody was told that it would last, and the next put must not take it
 * for stored. Within a write transaction.
 */
export function checkAfterPowerFailure(places: Places, { db }: Transaction): void {
  let lost = 0;
  for (const row of db.all("select id, length, synced from packs where synced < length")) {
    const id = Number(row["id"]);
    const unsure = db.all("select cid from blocks where place = ? and offset >= ?", id, row["synced"]!);
    const bad = unsure.filter(({ cid }) => blockNow(db, places, cid as Cid) === undefined);
    for (const { cid } of bad) db.run("delete from blocks where cid = ?", cid!);
    const size = statSync(packPath(places, id), { throwIfNoEntry: false })?.size ?? 0;
    // Nothing may be appended behind a hole.
    if (bad.length > 0 || size < Number(row["length"]))
      db.run("update packs set sealed = 1 where id = ?", id);
    lost += bad.length;
  }
  for (const { id, cid, size } of db.all("select id, cid, size from objects where synced = 0")) {
    if (isWhole(places, db, cid as Cid, Number(size))) continue;
    db.run("delete from blocks where place = ? or cid = ?", -Number(id), cid!);
    db.run("delete from objects where id = ?", id!);
    removeFile(objectPath(places, cid as Cid));
    lost++;
  }
  if (lost > 0) forgetStats(db);
}

function isWhole(places: Places, db: Transaction["db"], cid: Cid, size: number): boolean {
  const path = objectPath(places, cid);
  if (statSync(path, { throwIfNoEntry: false })?.size !== size) return false;
  const leaves = leavesOf(cid, size, (node) => blockNow(db, places, node));
  return leaves !== undefined && [...checkLeaves(path, leaves)].every(({ isGood }) => isGood);
}
