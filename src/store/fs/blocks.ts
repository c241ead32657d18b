import type { BlockStat, Cid } from "../../interface/store.ts";
import { cidOf, codecOf, verifyBlock } from "../cid.ts";
import type { Core } from "./core.ts";
import { condemn } from "./damage.ts";
import { storeDamaged, storeMissing } from "./failures.ts";
import { pathOfPlace } from "./readers.ts";
import { removeDeadObjects } from "./remove-objects.ts";
import type { Row } from "./sqlite.ts";
import type { Transaction } from "./writer.ts";

export async function putBlock(core: Core, cid: Cid, bytes: Uint8Array): Promise<void> {
  verifyBlock(cid, bytes);
  await core.write((transaction) => addBlock(transaction, cid, bytes), bytes.length);
}

/** Stores a block whose CID is right, or refreshes it where it is there. */
export function addBlock(transaction: Transaction, cid: Cid, bytes: Uint8Array): void {
  const { db, packs, nowMs } = transaction;
  const { place, offset } = packs.next(bytes.length);
  const isNew = db.run(INSERT, cid, place, offset, bytes.length, nowMs) > 0;
  if (isNew) packs.append(cid, bytes);
  else refreshBlock(transaction, cid);
  if (isNew && transaction.hasDamaged) db.run("delete from damaged where cid = ?", cid);
}

const INSERT = "insert into blocks values (?, ?, ?, ?, ?) on conflict do nothing";

/** False where it is not there. */
export function refreshBlock({ db, nowMs }: Transaction, cid: Cid): boolean {
  return db.run("update blocks set fresh = ? where cid = ?", nowMs, cid) > 0;
}

/** @throws YonderError STORE_MISSING, STORE_CORRUPT */
export async function getBlock(core: Core, cid: Cid): Promise<Uint8Array> {
  for (let row = blockRow(core, cid), failed: Row | undefined; ; row = blockRow(core, cid)) {
    const bytes = await readBlock(core, row);
    if (bytes !== undefined && cidOf(codecOf(cid), bytes) === cid) return bytes;
    // Once more, with the file as it is now: garbage collection may have moved the block between the look and the
    // reading, or the file that was open here is a damaged one that has been put again.
    const place = Number(row["place"]);
    core.readers.forget(place);
    if (failed?.["place"] === row["place"] && failed?.["offset"] === row["offset"]) {
      const where = pathOfPlace(core.db, core.places, place);
      await condemn(core, cid, place);
      throw storeDamaged(cid, where);
    }
    failed = row;
  }
}

function blockRow({ db }: Core, cid: Cid): Row {
  const row = db.get("select place, offset, length from blocks where cid = ?", cid);
  if (row !== undefined) return row;
  const damaged = db.get("select place from damaged where cid = ?", cid);
  throw damaged === undefined ? storeMissing(cid) : storeDamaged(cid, String(damaged["place"]));
}

/** Undefined where the file is not there. */
async function readBlock(core: Core, row: Row): Promise<Buffer | undefined> {
  try {
    return await core.readers.read(Number(row["place"]), Number(row["offset"]), Number(row["length"]));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export async function hasBlocks(core: Core, cids: readonly Cid[]): Promise<boolean[]> {
  return await core.write((transaction) => cids.map((cid) => refreshBlock(transaction, cid)));
}

export async function deleteBlock(core: Core, cid: Cid): Promise<void> {
  await core.write(({ db }) => {
    db.run("delete from blocks where cid = ?", cid);
    db.run("delete from damaged where cid = ?", cid);
  });
  if (codecOf(cid) === "raw") await removeDeadObjects(core, [cid]);
}

const PAGE = 1000;

export async function* listBlocks({ db }: Core): AsyncGenerator<BlockStat> {
  for (let last = ""; ; ) {
    const page = db.all(
      "select cid, length, fresh from blocks where cid > ? order by cid limit ?",
      last,
      PAGE,
    );
    for (const row of page) {
      yield { cid: row["cid"] as Cid, sizeBytes: Number(row["length"]), freshMs: Number(row["fresh"]) };
    }
    if (page.length < PAGE) return;
    last = String(page.at(-1)!["cid"]);
  }
}
