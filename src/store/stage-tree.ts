import { lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type ByteString, bufferOf, decodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { Cid, FileStore, StageOptions } from "../interface/store.ts";
import { codecOf } from "./cid.ts";
import { listDirectory } from "./unixfs/read-directory.ts";
import { statDag } from "./unixfs/stat.ts";

/** Larger files may share their blocks with the store's own. */
const SMALL_BYTES_MAX = 64 * 1024;
/** Signals and others in this process wait no longer. */
const TURN_MS = 10;

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
    toOutput(path, () => mkdirSync(bufferOf(temporary)));
    await fillDirectory(store, cid, temporary, options);
    toOutput(path, () => renameSync(bufferOf(temporary), bufferOf(path)));
  } finally {
    rmSync(bufferOf(temporary), { recursive: true, force: true });
  }
}

async function fillDirectory(
  store: FileStore,
  cid: Cid,
  path: ByteString,
  options: StageOptions,
): Promise<void> {
  let turnMs = performance.now();
  for await (const { name, cid: child, dagBytes } of listDirectory(store, cid, options)) {
    const below = `${path}/${name}`;
    if (codecOf(child) === "raw" && dagBytes <= SMALL_BYTES_MAX)
      await writeSmall(store, child, below, options);
    else await stageEntry(store, child, below, options);
    if (performance.now() - turnMs < TURN_MS) continue;
    await nextTurn();
    options.signal?.throwIfAborted();
    turnMs = performance.now();
  }
}

async function stageEntry(
  store: FileStore,
  cid: Cid,
  path: ByteString,
  options: StageOptions,
): Promise<void> {
  const { type, target } = await statDag(store, cid, options);
  if (type === "directory") {
    toOutput(path, () => mkdirSync(bufferOf(path)));
    await fillDirectory(store, cid, path, options);
  } else if (type === "file") await store.stageFile(cid, bufferOf(path), options);
  else toOutput(path, () => symlinkSync(bufferOf(target!), bufferOf(path)));
}

/** The directory that it is in is still nobody's: it need not appear at once. */
async function writeSmall(
  store: FileStore,
  cid: Cid,
  path: ByteString,
  options: StageOptions,
): Promise<void> {
  const bytes = await store.getBlock(cid, options);
  toOutput(path, () => writeFileSync(bufferOf(path), bytes, { flag: "wx" }));
}

function isThere(path: ByteString): boolean {
  return lstatSync(bufferOf(path), { throwIfNoEntry: false }) !== undefined;
}

function toOutput(path: ByteString, act: () => void): void {
  try {
    act();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Without the path, which may be a temporary one.
    throw outputFailure(
      path,
      code === "EEXIST" ? "it is there already" : message.replace(/, \w+ '.*$/s, ""),
      error,
    );
  }
}

function outputFailure(path: ByteString, what: string, cause?: unknown): YonderError {
  return new YonderError("OUTPUT", {
    message: `${decodeText(path)} cannot be made: ${what}`,
    remedy: "give another name with -o, or remove what is there; its directory must exist and have room",
    exitCode: 1,
    cause,
  });
}
