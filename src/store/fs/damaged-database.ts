import { basename } from "node:path";
import { YonderError } from "../../interface/errors.ts";
import type { Core } from "./core.ts";
import { type Places, placesOf } from "./places.ts";
import { sqlite } from "./sqlite.ts";
import { isCorrupt } from "./sqlite-errors.ts";

/** For the index of all, unless another file of the store is found to be the damaged one: SQLite does not say which it was. */
export function databaseDamaged(directory: string, cause: Error): YonderError {
  const places = placesOf(directory);
  const damaged = (["roots", "actions"] as const).find((name) => isDamaged(places[name])) ?? "index";
  return new YonderError("STORE_CORRUPT", {
    message: `${basename(places[damaged])} of the store ${directory} is damaged (${cause.message})`,
    remedy: remedyOf(damaged, places),
    cause,
  });
}

/** One row of it, which SQLite does not see. @param what "a pin", "the name" */
export function rootDamaged(places: Places, what: string, which: string): YonderError {
  return new YonderError("STORE_CORRUPT", {
    message: `${what} ${which} in ${places.roots} is damaged: what it referred to is not known`,
    remedy: remedyOf("roots", places),
  });
}

/** @throws YonderError STORE_CORRUPT where rows may be lost: then it is not known what must be kept */
export function checkRoots({ db, places }: Pick<Core, "db" | "places">): void {
  const found = String(db.get("pragma roots.integrity_check(1)")?.["integrity_check"]);
  if (found !== "ok") throw databaseDamaged(places.root, new Error(found));
}

function remedyOf(damaged: "index" | "roots" | "actions", places: Places): string {
  const path = places[damaged];
  switch (damaged) {
    case "index":
      return "yonder store verify --rebuild builds it again from the objects and packs";
    case "roots":
      return (
        "its pins and names are in no other file. Put a copy of it back; or, when nothing uses the store, move it away " +
        `(${path}, -wal, -shm) and, before yonder gc runs, pin and name again what is to stay`
      );
    case "actions":
      return `when nothing uses the store, move it away (${path}, -wal, -shm): what it remembered is worked out again`;
  }
}

function isDamaged(path: string): boolean {
  try {
    const db = new (sqlite().DatabaseSync)(path, { readOnly: true });
    try {
      return db.prepare("pragma quick_check(1)").get()?.["quick_check"] !== "ok";
    } finally {
      db.close();
    }
  } catch (error) {
    // Not a database at all. What is missing, or cannot be opened, is not what SQLite has called damaged.
    return isCorrupt(error);
  }
}
