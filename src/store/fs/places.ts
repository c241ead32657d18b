import { join } from "node:path";
import { homeOf } from "../../home.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Cid } from "../../interface/store.ts";

/** Where a person's store is: `$YONDER_STORE`, else `$XDG_DATA_HOME/yonder/store`, by default `~/.local/share/yonder/store`. @throws YonderError STORE_UNREACHABLE where there is no home */
export function storeDirectory(env: NodeJS.ProcessEnv): string {
  if (env["YONDER_STORE"]) return env["YONDER_STORE"];
  const base = env["XDG_DATA_HOME"];
  // The XDG specification: a relative path is invalid and is ignored.
  if (base?.startsWith("/")) return join(base, "yonder", "store");
  const home = homeOf(env);
  if (home !== undefined) return join(home, ".local", "share", "yonder", "store");
  throw new YonderError("STORE_UNREACHABLE", {
    message:
      "there is no place for a store: HOME is not set, and the system knows of no home directory of this user",
    remedy: "set HOME, XDG_DATA_HOME or YONDER_STORE",
  });
}

/** The files of a store. docs/internals/store.md says what is in each. */
export interface Places {
  readonly root: string;
  readonly objects: string;
  readonly packs: string;
  /** Files that are being written. */
  readonly temporary: string;
  /** Claims of the processes that use the store. */
  readonly live: string;
  /** What was found damaged. */
  readonly quarantine: string;
  /** Can be built again from objects and packs. */
  readonly index: string;
  /** Pins, names and holds: cannot be built again. */
  readonly roots: string;
  readonly actions: string;
}

export function placesOf(directory: string): Places {
  return {
    root: directory,
    objects: join(directory, "objects"),
    packs: join(directory, "packs"),
    temporary: join(directory, "tmp"),
    live: join(directory, "live"),
    quarantine: join(directory, "quarantine"),
    index: join(directory, "index.sqlite"),
    roots: join(directory, "roots.sqlite"),
    actions: join(directory, "actions.sqlite"),
  };
}

/** The last character of a CID has only a part of its bits, so those before it spread objects over directories. */
export function objectPath(places: Places, cid: Cid): string {
  return join(places.objects, cid.slice(-3, -1), cid);
}

export function packPath(places: Places, id: number): string {
  return join(places.packs, `${String(id).padStart(8, "0")}.car`);
}

/** The id of the pack that a file of the packs' directory is; undefined for any other file. */
export function packIdOf(name: string): number | undefined {
  return /^\d{8,}\.car$/.test(name) ? Number.parseInt(name, 10) : undefined;
}
