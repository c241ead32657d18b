import { existsSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { makeDirectories } from "../../directories.ts";
import { YonderError } from "../../interface/errors.ts";
import { placesOf } from "./places.ts";
import { liveSessions } from "./session.ts";

/**
 * Moves the index away, so that the next who opens the store builds it again. Names, pins and actions stay.
 *
 * @throws YonderError STORE_UNREACHABLE while another process uses the store
 */
export function discardIndex(directory: string): void {
  const places = placesOf(directory);
  const others = liveSessions(places).length;
  if (others > 0) {
    throw new YonderError("STORE_UNREACHABLE", {
      message: `${others} processes use the store ${directory}`,
      remedy: "end them, or wait for them, then try again",
      exitCode: 1,
    });
  }
  for (const path of ["", "-wal", "-shm"].map((suffix) => places.index + suffix)) {
    if (!existsSync(path)) continue;
    makeDirectories(places.quarantine, 0o700);
    renameSync(path, join(places.quarantine, basename(path)));
  }
}
