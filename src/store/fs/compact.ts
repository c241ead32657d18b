import type { Cid } from "../../interface/store.ts";
import { cidOf, codecOf } from "../cid.ts";
import type { Core } from "./core.ts";
import { condemnBlock } from "./damage.ts";
import { flush } from "./flush.ts";
import { sectionHeadLength } from "./pack-format.ts";
import { packPath } from "./places.ts";
import { removeFile } from "./temporary.ts";
import type { Transaction } from "./writer.ts";

/** A pack that is not full yet is left alone while it is small. */
const OPEN_BYTES_MIN = 2 ** 20;
const BATCH_BYTES = 4 * 2 ** 20;

/**
 * Writes packs that are mostly dead again: what lives in them is appended to the open pack, then they go. The bytes that
 * this frees. New copies are on the disk before old ones are removed.
 */
export async function compactPacks(core: Core): Promise<number> {
  const { db, places } = core;
  const dying = await core.write(() => mostlyDead(core));
  if (dying.length === 0) return 0;
  let bytes = 0;
  for (const id of dying) bytes -= await moveAway(core, id);
  await flush(core);
  await core.write(() => {
    for (const id of dying) {
      bytes += Number(db.get("select length from packs where id = ?", id)?.["length"] ?? 0);
      db.run("delete from packs where id = ?", id);
    }
  });
  for (const id of dying) {
    core.readers.forget(id);
    removeFile(packPath(places, id));
  }
  return bytes;
}

/** Seals them, so that nothing is added to them from now on. */
function mostlyDead({ db }: Core): number[] {
  const live = new Map<number, number>();
  for (const { place, length } of db.iterate("select place, length from blocks where place > 0")) {
    const bytes = Number(length) + sectionHeadLength(Number(length));
    live.set(Number(place), (live.get(Number(place)) ?? 0) + bytes);
  }
  const dying = db
    .all("select id, length, sealed from packs")
    .filter(({ id, length, sealed }) => {
      const liveBytes = live.get(Number(id)) ?? 0;
      const isOpen = sealed === 0 && Number(length) < OPEN_BYTES_MIN;
      return liveBytes === 0 || (!isOpen && liveBytes < Number(length) / 2);
    })
    .map(({ id }) => Number(id));
  for (const id of dying) db.run("update packs set sealed = 1 where id = ?", id);
  return dying;
}

/** The bytes that it moved. */
async function moveAway(core: Core, id: number): Promise<number> {
  const rows = core.db.all("select cid, offset, length from blocks where place = ? order by offset", id);
  let moved = 0;
  for (let at = 0; at < rows.length; ) {
    const batch: { cid: Cid; bytes: Buffer }[] = [];
    for (let bytes = 0; at < rows.length && bytes < BATCH_BYTES; at++) {
      const { cid, offset, length } = rows[at]!;
      batch.push({ cid: cid as Cid, bytes: await core.readers.read(id, Number(offset), Number(length)) });
      bytes += Number(length);
    }
    moved += await core.write((transaction) =>
      batch.reduce((sum, block) => sum + moveBlock(core, transaction, block, id), 0),
    );
  }
  return moved;
}

function moveBlock(
  { places }: Core,
  { db, packs }: Transaction,
  { cid, bytes }: { cid: Cid; bytes: Buffer },
  from: number,
): number {
  if (db.get("select 1 from blocks where cid = ? and place = ?", cid, from) === undefined) return 0;
  if (cidOf(codecOf(cid), bytes) !== cid) {
    condemnBlock(db, cid, packPath(places, from));
    return 0;
  }
  const { place, offset } = packs.append(cid, bytes);
  db.run("update blocks set place = ?, offset = ? where cid = ?", place, offset, cid);
  return bytes.length + sectionHeadLength(bytes.length);
}
