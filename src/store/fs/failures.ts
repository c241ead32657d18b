import { statfsSync } from "node:fs";
import { YonderError } from "../../interface/errors.ts";
import type { Cid } from "../../interface/store.ts";
import { databaseDamaged } from "./damaged-database.ts";
import { isCorrupt, SQLITE } from "./sqlite-errors.ts";

/** What went wrong in the store's directory, for a person. Errors that are for people already pass as they are. */
export function storeFailure(error: unknown, directory: string): unknown {
  if (error instanceof YonderError) return error;
  const { code, errcode, message } = error as NodeJS.ErrnoException & { errcode?: number };
  const sqlite = errcode === undefined ? undefined : errcode & 0xff;
  if (code === "ENOSPC" || code === "EDQUOT" || sqlite === SQLITE.full) return storeFull(directory, error);
  if (sqlite === SQLITE.io && hasNoRoom(directory)) return storeFull(directory, error);
  if (isCorrupt(error)) return databaseDamaged(directory, error as Error);
  const isRefusal = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "ENOENT", "EIO", "EEXIST"].includes(code ?? "");
  if (!isRefusal && sqlite === undefined) return error;
  return new YonderError("STORE_UNREACHABLE", {
    message: `the store ${directory} cannot be used: ${message}`,
    remedy:
      sqlite === SQLITE.busy
        ? "another process holds it; try again when it has ended"
        : "it must be a directory on a local disk that you may write to; name another one with YONDER_STORE",
    cause: error,
  });
}

export function storeMissing(cid: Cid): YonderError {
  return new YonderError("STORE_MISSING", {
    message: `${cid} is not in the store`,
    remedy: "put the file again; what no pin, name or running job refers to is removed after a while",
    exitCode: 1,
  });
}

export function storeDamaged(cid: Cid, where: string): YonderError {
  return new YonderError("STORE_CORRUPT", {
    message: `${cid} is damaged in ${where}`,
    remedy: "put the file again, which mends it; yonder store verify looks for more",
    exitCode: 1,
  });
}

function storeFull(directory: string, cause: unknown): YonderError {
  return new YonderError("STORE_FULL", {
    message: `there is no room in the store ${directory}`,
    remedy:
      "yonder gc frees what nothing refers to (--grace 0 at once); YONDER_STORE names a store elsewhere",
    exitCode: 1,
    cause,
  });
}

function hasNoRoom(directory: string): boolean {
  try {
    return statfsSync(directory).bavail === 0;
  } catch {
    return false;
  }
}
