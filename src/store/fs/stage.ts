import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  linkSync,
  openSync,
  statSync,
  writeSync,
} from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { YonderError } from "../../interface/errors.ts";
import type { Cid, StageOptions } from "../../interface/store.ts";
import { claimName } from "../../journal/claims.ts";
import type { BlockSource } from "../read-ahead.ts";
import { readFile } from "../unixfs/read-file.ts";
import type { Core } from "./core.ts";
import { condemn } from "./damage.ts";
import { storeDamaged } from "./failures.ts";
import { blockNow, checkLeaves, leavesOf } from "./leaves.ts";
import { objectPath } from "./places.ts";
import type { FilePath } from "./put-file.ts";
import { seenNow } from "./put-object.ts";
import { removeFile } from "./temporary.ts";

export async function stageFile(
  core: Core,
  store: BlockSource,
  cid: Cid,
  path: FilePath,
  options: StageOptions,
): Promise<void> {
  const object = await soundObject(core, cid);
  if (object !== undefined && options.link && tryLink(object, path)) return;
  await makeWhole(path, async (temporary, mode) => {
    if (object !== undefined) {
      toOutput(path, () => copyFileSync(object, temporary, constants.COPYFILE_FICLONE));
      chmodSync(temporary, mode);
    } else await copyBlocks(store, cid, temporary, options);
  });
}

/** The path of the whole file, where it is one. It is read only where it may have been written to since. */
async function soundObject(core: Core, cid: Cid): Promise<string | undefined> {
  const { db, places } = core;
  const row = db.get("select id, size, seen from objects where cid = ?", cid);
  if (row === undefined || db.get("select 1 from blocks where cid = ?", cid) === undefined) return undefined;
  const path = objectPath(places, cid);
  const seen = seenNow(path);
  if (seen !== undefined && seen === row["seen"]) return path;
  const leaves = leavesOf(cid, Number(row["size"]), (node) => blockNow(db, places, node));
  if (leaves === undefined) return undefined;
  if (seen === undefined || !(await isSound(path, leaves))) {
    await condemn(core, cid, -Number(row["id"]));
    throw storeDamaged(cid, path);
  }
  await core.write(() => db.run("update objects set seen = ? where cid = ?", seen, cid));
  return path;
}

/** Whether a file is what its leaves say, and no more. */
export async function isSound(path: string, leaves: Parameters<typeof checkLeaves>[1]): Promise<boolean> {
  let sizeBytes = 0;
  for (const { leaf, isGood } of checkLeaves(path, leaves)) {
    if (!isGood) return false;
    sizeBytes += leaf.length;
    await nextTurn();
  }
  return statSync(path).size === sizeBytes;
}

/** False where the file system cannot link here, or not once more. */
function tryLink(object: string, path: FilePath): boolean {
  try {
    linkSync(object, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP"].includes(code ?? "")) return false;
    throw outputFailure(path, error);
  }
}

/** The file appears when it is complete, under a name that was free. */
async function makeWhole(
  path: FilePath,
  fill: (temporary: Buffer, mode: number) => Promise<void>,
): Promise<void> {
  const temporary = Buffer.concat([Buffer.from(path), Buffer.from(suffix())]);
  try {
    const fd = toOutput(path, () => openSync(temporary, "wx", 0o666));
    const mode = fstatSync(fd).mode & 0o777;
    closeSync(fd);
    await fill(temporary, mode);
    toOutput(path, () => linkSync(temporary, path));
  } finally {
    removeFile(temporary);
  }
}

function suffix(): string {
  return `.${claimName().split(".").slice(2).join("-")}.tmp`;
}

async function copyBlocks(
  store: BlockSource,
  cid: Cid,
  temporary: Buffer,
  options: StageOptions,
): Promise<void> {
  const fd = openSync(temporary, "w");
  try {
    for await (const bytes of readFile(store, cid, options)) {
      toOutput(temporary, () => {
        for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
      });
    }
  } finally {
    closeSync(fd);
  }
}

function toOutput<T>(path: FilePath, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw outputFailure(path, error);
  }
}

function outputFailure(path: FilePath, cause: unknown): YonderError {
  const isThere = (cause as NodeJS.ErrnoException).code === "EEXIST";
  const what = isThere ? "it is there already" : (cause as Error).message;
  return new YonderError("OUTPUT", {
    message: `${path} cannot be made: ${what}`,
    remedy: isThere ? "remove it, or give another name" : "check the directory, its permissions and its room",
    exitCode: 1,
    cause,
  });
}
