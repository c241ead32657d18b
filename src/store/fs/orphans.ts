import { statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { isCid } from "../cid.ts";
import type { Core } from "./core.ts";
import { packIdOf, packPath } from "./places.ts";
import { namesIn, removeFile } from "./temporary.ts";

/**
 * Removes what a process had written, or was about to remove, when it died: files that no row speaks of, and what stands
 * behind the end of the open pack. The bytes freed.
 */
export async function removeOrphans(core: Core): Promise<number> {
  const { db, places } = core;
  let bytes = await core.write(() => cutOpenPacks(core));
  for (const directory of namesIn(places.objects)) {
    const path = join(places.objects, directory);
    bytes += await removeUnlisted(core, path, (name) =>
      isCid(name) ? db.get("select 1 from objects where cid = ?", name) !== undefined : true,
    );
  }
  return (
    bytes +
    (await removeUnlisted(core, places.packs, (name) => {
      const id = packIdOf(name);
      return id === undefined || db.get("select 1 from packs where id = ?", id) !== undefined;
    }))
  );
}

function cutOpenPacks({ db, places }: Core): number {
  let bytes = 0;
  for (const { id, length } of db.all("select id, length from packs where sealed = 0")) {
    const path = packPath(places, Number(id));
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= Number(length)) continue;
    truncateSync(path, Number(length));
    bytes += size - Number(length);
  }
  return bytes;
}

/** Rows and files change within write transactions, so within one they tell the truth. */
async function removeUnlisted(
  core: Core,
  directory: string,
  isListed: (name: string) => boolean,
): Promise<number> {
  const suspects = namesIn(directory).filter((name) => !isListed(name));
  if (suspects.length === 0) return 0;
  return await core.write(() => {
    let bytes = 0;
    for (const name of suspects) {
      if (isListed(name)) continue;
      const path = join(directory, name);
      bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      removeFile(path);
    }
    return bytes;
  });
}
