import { chmodSync, closeSync, openSync, readSync, writeSync } from "node:fs";
import type { StoreConformance } from "../../conformance/store.ts";
import type { Cid } from "../../interface/store.ts";
import { fsStore } from "./fs-store.ts";
import { objectPath, packPath, placesOf } from "./places.ts";
import { aStore } from "./testing.ts";

/** The store on a disk, for the conformance suite. */
export const fsConformance: StoreConformance = {
  name: "fs",
  setup: async () => {
    const store = aStore();
    return {
      store,
      open: async () => fsStore(store.directory),
      damage: async (cid) => damage(store.directory, cid),
    };
  },
};

/** Changes one bit of a block on the disk. */
function damage(directory: string, cid: Cid): void {
  const places = placesOf(directory);
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const db = new DatabaseSync(places.index);
  const row = db.prepare("select place, offset from blocks where cid = ?").get(cid)!;
  const [place, offset] = [Number(row["place"]), Number(row["offset"])];
  const root = db.prepare("select cid from objects where id = ?").get(-place)?.["cid"] as Cid;
  db.close();
  const path = place > 0 ? packPath(places, place) : objectPath(places, root);
  chmodSync(path, 0o600);
  const fd = openSync(path, "r+");
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, offset);
  byte[0]! ^= 1;
  writeSync(fd, byte, 0, 1, offset);
  closeSync(fd);
}
