import type { DatabaseSync } from "node:sqlite";
import { rowSeal } from "./row-seal.ts";
import type { Row } from "./sqlite.ts";

/** The checksum that belongs to a row of `pins` or `names`. */
export const rootSeal = {
  pins: ({ cid, reason, since }: Row): string => rowSeal(String(cid), String(reason), Number(since)),
  names: ({ name, cid, since }: Row): string => rowSeal(String(name), String(cid), Number(since)),
} as const;

/** Stores of the first versions have pins and names without checksums: they get them now, all at once. */
export function sealRoots(db: DatabaseSync): void {
  if (hasSeals(db)) return;
  db.exec("begin immediate");
  try {
    if (!hasSeals(db)) for (const table of ["pins", "names"] as const) addSeals(db, table);
    db.exec("commit");
  } catch (error) {
    db.exec("rollback");
    throw error;
  }
}

function hasSeals(db: DatabaseSync): boolean {
  return (
    db.prepare("select 1 from pragma_table_info('names', 'roots') where name = 'crc'").get() !== undefined
  );
}

function addSeals(db: DatabaseSync, table: "pins" | "names"): void {
  db.exec(`alter table roots.${table} add column crc text`);
  const key = table === "pins" ? "cid" : "name";
  const update = db.prepare(`update roots.${table} set crc = ? where ${key} = ?`);
  for (const row of db.prepare(`select * from roots.${table}`).all() as Row[]) {
    update.run(rootSeal[table](row), row[key]!);
  }
}
