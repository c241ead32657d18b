import { lstatSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { type ByteString, bufferOf, decodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { Cid, FileStore, StageOptions } from "../interface/store.ts";
import { listDirectory } from "./unixfs/read-directory.ts";
import { statDag } from "./unixfs/stat.ts";

/**
 * Makes a copy of a file, a directory with all below it, or a symbolic link, which appears under its name when it is
 * complete. Nothing that is there is replaced or written through: each directory is made new, each name is one (see
 * `listDirectory`), and a name that comes twice is an error.
 *
 * @throws YonderError STORE_MISSING, STORE_CORRUPT, INPUT; OUTPUT where something has this name, or it cannot be made
 */
export async function stageTree(
  store: FileStore,
  cid: Cid,
  path: ByteString,
  options: StageOptions = {},
): Promise<void> {
  const { type, target } = await statDag(store, cid, options);
  if (type === "file") return await store.stageFile(cid, bufferOf(path), options);
  if (type === "symlink") return toOutput(path, () => symlinkSync(bufferOf(target!), bufferOf(path)));
  if (isThere(path)) throw outputFailure(path, "it is there already");
  const temporary = `${path.replace(/\/+$/, "")}.yonder-${process.pid}-${Date.now()}.tmp`;
  try {
    await stageDirectory(store, cid, temporary, options);
    toOutput(path, () => renameSync(bufferOf(temporary), bufferOf(path)));
  } finally {
    rmSync(bufferOf(temporary), { recursive: true, force: true });
  }
}

async function stageDirectory(
  store: FileStore,
  cid: Cid,
  path: ByteString,
  options: StageOptions,
): Promise<void> {
  toOutput(path, () => mkdirSync(bufferOf(path)));
  for await (const entry of listDirectory(store, cid, options)) {
    const below = `${path}/${entry.name}`;
    const { type, target } = await statDag(store, entry.cid, options);
    if (type === "directory") await stageDirectory(store, entry.cid, below, options);
    else if (type === "file") await store.stageFile(entry.cid, bufferOf(below), options);
    else toOutput(below, () => symlinkSync(bufferOf(target!), bufferOf(below)));
  }
}

function isThere(path: ByteString): boolean {
  return lstatSync(bufferOf(path), { throwIfNoEntry: false }) !== undefined;
}

function toOutput(path: ByteString, act: () => void): void {
  try {
    act();
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw outputFailure(path, isTaken ? "it is there already" : (error as Error).message, error);
  }
}

function outputFailure(path: ByteString, what: string, cause?: unknown): YonderError {
  return new YonderError("OUTPUT", {
    message: `${decodeText(path)} cannot be made: ${what}`,
    remedy: "give another name with -o, or remove what is there",
    exitCode: 1,
    cause,
  });
}
