import type { Cid } from "../../interface/store.ts";
import { cidOf } from "../cid.ts";
import type { Core } from "./core.ts";
import { condemnBlock } from "./damage.ts";
import { blockNow, type Leaf, leavesOf } from "./leaves.ts";
import { pathOfPlace } from "./readers.ts";

/**
 * Leaves that somebody still needs may be in an object that nobody does, as two files have a part in common. They are
 * taken from another object that has them, and copied into a pack where there is none.
 */
export async function rescueLeaves(core: Core, dying: ReadonlySet<number>): Promise<void> {
  if (dying.size === 0) return;
  const { db } = core;
  const needed = new Map<Cid, number>();
  for (const { cid, place } of db.iterate("select cid, place from blocks where place < 0")) {
    if (dying.has(-Number(place))) needed.set(cid as Cid, Number(place));
  }
  if (needed.size > 0) await repoint(core, dying, needed);
  for (const [cid, place] of needed) await copyToPack(core, cid, place);
}

async function repoint(core: Core, dying: ReadonlySet<number>, needed: Map<Cid, number>): Promise<void> {
  const { db, places } = core;
  for (const row of db.all("select id, cid, size from objects")) {
    const id = Number(row["id"]);
    if (dying.has(id)) continue;
    const leaves = leavesOf(row["cid"] as Cid, Number(row["size"]), (cid) => blockNow(db, places, cid));
    const wanted = leaves?.filter(({ cid }) => needed.has(cid)) ?? [];
    if (wanted.length === 0) continue;
    await core.write(() => {
      if (db.get("select 1 from objects where id = ?", id) === undefined) return;
      for (const leaf of wanted) move(core, leaf, needed.get(leaf.cid)!, -id);
    });
    for (const { cid } of wanted) needed.delete(cid);
  }
}

function move({ db }: Core, { cid, offset }: Pick<Leaf, "cid" | "offset">, from: number, to: number): void {
  db.run("update blocks set place = ?, offset = ? where cid = ? and place = ?", to, offset, cid, from);
}

async function copyToPack(core: Core, cid: Cid, from: number): Promise<void> {
  const { db } = core;
  const row = db.get("select offset, length from blocks where cid = ? and place = ?", cid, from);
  if (row === undefined) return;
  const bytes = await core.readers.read(from, Number(row["offset"]), Number(row["length"]));
  await core.write(({ packs }) => {
    if (db.get("select 1 from blocks where cid = ? and place = ?", cid, from) === undefined) return;
    if (cidOf("raw", bytes) !== cid) return condemnBlock(db, cid, pathOfPlace(db, core.places, from));
    const { place, offset } = packs.append(cid, bytes);
    move(core, { cid, offset }, from, place);
  }, bytes.length);
}
