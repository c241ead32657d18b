import { statSync } from "node:fs";
import { join } from "node:path";
import type { Cid } from "../../interface/store.ts";
import { isCid } from "../cid.ts";
import { PROFILES } from "../unixfs/profile.ts";
import { addBlock } from "./blocks.ts";
import { forgetStats } from "./damage.ts";
import { hashFile } from "./hash-file.ts";
import { blockNow, type Leaf, leavesOf } from "./leaves.ts";
import { scanPack } from "./pack-scan.ts";
import { PACK_BYTES_MAX } from "./pack-writer.ts";
import { objectPath, type Places, packIdOf, packPath } from "./places.ts";
import { takeAway } from "./remove-objects.ts";
import { namesIn } from "./temporary.ts";
import type { Transaction } from "./writer.ts";

export interface Rebuilt {
  readonly blocks: number;
  readonly objects: number;
  readonly packs: number;
  /** Blocks, or objects by their root, that are not what they should be. */
  readonly damaged: readonly Cid[];
}

/**
 * Builds the index from what is on the disk, within a write transaction. Packs are read whole and verified; of objects
 * only the nodes in the packs, which say what is where in them. Everything counts as just put.
 */
export function rebuildIndex(places: Places, transaction: Transaction): Rebuilt {
  const { db } = transaction;
  for (const table of ["blocks", "objects", "packs", "damaged"]) db.run(`delete from ${table}`);
  forgetStats(db);
  const ids = namesIn(places.packs).map(packIdOf);
  const packs = ids.filter((id) => id !== undefined).sort((one, other) => one - other);
  const damaged = packs.flatMap((id) => addPack(places, transaction, id, id === packs.at(-1)));
  let objects = 0;
  for (const directory of namesIn(places.objects)) {
    for (const name of namesIn(join(places.objects, directory))) {
      if (!isCid(name)) continue;
      if (addObject(places, transaction, name)) objects++;
      else {
        damaged.push(name);
        takeAway(places, name, "quarantine");
      }
    }
  }
  for (const cid of damaged) markDamaged(transaction, cid);
  const blocks = Number(db.get("select count(*) as count from blocks")!["count"]);
  return { blocks, objects, packs: packs.length, damaged };
}

/** The blocks in it that are damaged. */
function addPack(places: Places, { db, nowMs }: Transaction, id: number, isLast: boolean): Cid[] {
  const { sections, length, isClean } = scanPack(packPath(places, id));
  for (const { cid, offset, length: size, isGood } of sections) {
    if (isGood) db.run("insert or ignore into blocks values (?, ?, ?, ?, ?)", cid, id, offset, size, nowMs);
  }
  const isOpen = isLast && isClean && length < PACK_BYTES_MAX;
  db.run("insert into packs values (?, ?, 0, ?)", id, length, isOpen ? 0 : 1);
  return sections.filter(({ isGood }) => !isGood).map(({ cid }) => cid);
}

/** False where the file is not what its name says. */
function addObject(places: Places, transaction: Transaction, cid: Cid): boolean {
  const { db } = transaction;
  const path = objectPath(places, cid);
  const { size } = statSync(path);
  const leaves =
    leavesOf(cid, size, (node) => blockNow(db, places, node)) ?? leavesByHash(transaction, path, cid);
  if (leaves === undefined) return false;
  const row = db.get("insert into objects (cid, size) values (?, ?) returning id", cid, size)!;
  addLeaves(transaction, -Number(row["id"]), leaves);
  return true;
}

/** Where the nodes have been lost: the file itself makes them again. */
function leavesByHash(transaction: Transaction, path: string, cid: Cid): Leaf[] | undefined {
  for (const shape of Object.values(PROFILES)) {
    const { root, nodes, leaves } = hashFile(path, shape);
    if (root !== cid) continue;
    for (const node of nodes) addBlock(transaction, node.cid, node.bytes);
    return leaves;
  }
  return undefined;
}

export function addLeaves({ db, nowMs }: Transaction, place: number, leaves: Iterable<Leaf>): void {
  for (const { cid, offset, length } of leaves) {
    db.run(
      `insert into blocks values (?, ?, ?, ?, ?)
       on conflict do update set place = excluded.place, offset = excluded.offset, fresh = excluded.fresh`,
      cid,
      place,
      offset,
      length,
      nowMs,
    );
  }
}

function markDamaged({ db }: Transaction, cid: Cid): void {
  if (db.get("select 1 from blocks where cid = ?", cid) !== undefined) return;
  db.run("insert or ignore into damaged values (?, ?)", cid, "a pack or object");
}
