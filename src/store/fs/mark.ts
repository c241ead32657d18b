import type { Cid } from "../../interface/store.ts";
import { codecOf } from "../cid.ts";
import { linksOf } from "../links.ts";
import type { Core } from "./core.ts";
import type { Database } from "./database.ts";
import { storeDamaged } from "./failures.ts";
import { blockNow } from "./leaves.ts";
import { pathOfPlace } from "./readers.ts";
import { listNames, listPins } from "./roots.ts";

/** How a CID of a block without links begins. */
export const RAW_PREFIX = "bafkrei";

/** Marks are rows of a table of this connection alone, so that memory does not grow with the store. */
export function clearMarks(db: Database): void {
  db.exec("create temp table if not exists live (cid text primary key) without rowid");
  db.run("delete from temp.live");
}

/** What must be kept with all that it refers to: what somebody named, and what is younger than the limit. */
export function rootsOf(core: Pick<Core, "db" | "places">, cutoffMs: number): Cid[] {
  const { db } = core;
  const named = [...listPins(core), ...listNames(core), ...db.all("select cid from holds")];
  const young = db.all(`select cid from blocks where fresh >= ? and cid not like '${RAW_PREFIX}%'`, cutoffMs);
  const outputs = db
    .all("select outputs from actions where fresh >= ? and outputs <> ''", cutoffMs)
    .flatMap((row) => String(row["outputs"]).split(" "));
  return [...[...named, ...young].map((row) => row.cid as Cid), ...(outputs as Cid[])];
}

/**
 * Marks roots with all they refer to, one block a step; what is marked already is not looked at again.
 *
 * @throws YonderError STORE_CORRUPT for a damaged block: what it referred to is not known
 */
export function* mark({ db, places }: Core, roots: Iterable<Cid>): Generator<void> {
  const stack = [...roots];
  for (let cid = stack.pop(); cid !== undefined; cid = stack.pop()) {
    if (db.run("insert or ignore into temp.live values (?)", cid) === 0) continue;
    if (codecOf(cid) === "raw") continue;
    const bytes = blockNow(db, places, cid);
    if (bytes !== undefined) stack.push(...linksOf(cid, bytes));
    else if (isListed(db, cid)) throw storeDamaged(cid, whereOf(db, places, cid));
    yield;
  }
}

function isListed(db: Database, cid: Cid): boolean {
  return db.get("select 1 from blocks where cid = ?", cid) !== undefined;
}

function whereOf(db: Database, places: Core["places"], cid: Cid): string {
  return pathOfPlace(db, places, Number(db.get("select place from blocks where cid = ?", cid)!["place"]));
}
