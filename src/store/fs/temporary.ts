import { readdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { makeDirectories } from "../../directories.ts";
import { claimName, ownerOf } from "../../journal/claims.ts";
import { livenessOf } from "../../journal/identity.ts";
import type { Places } from "./places.ts";

/** A file of an owner that cannot be seen from here is left alone for so long. */
const UNSEEN_OWNER_MS = 86_400_000;

/** A path for a file that is not complete yet. Its name says whose it is, so that a dead owner's can be removed. */
export function temporaryPath(places: Places): string {
  makeDirectories(places.temporary, 0o700);
  return join(places.temporary, claimName());
}

/** Removes what the dead have left. The bytes that it freed. */
export function removeAbandoned(places: Places, nowMs: number, isDry = false): number {
  let bytes = 0;
  for (const name of namesIn(places.temporary)) {
    const path = join(places.temporary, name);
    const owner = ownerOf(name);
    const liveness = owner === undefined ? "elsewhere" : livenessOf(owner);
    const stat = liveness === "alive" ? undefined : statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || (liveness === "elsewhere" && nowMs - stat.mtimeMs < UNSEEN_OWNER_MS)) continue;
    bytes += stat.size;
    if (!isDry) removeFile(path);
  }
  return bytes;
}

/** Empty where there is no such directory. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Does nothing where there is none. */
export function removeFile(path: string | Buffer): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
