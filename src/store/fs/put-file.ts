import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { YonderError } from "../../interface/errors.ts";
import type { CidProfile, PutOptions, StoredFile } from "../../interface/store.ts";
import { leafOf } from "../unixfs/block.ts";
import { DEFAULT_PROFILE } from "../unixfs/profile.ts";
import { addBlock } from "./blocks.ts";
import type { Core } from "./core.ts";
import { addObject, type NewObject, writeObject } from "./put-object.ts";
import {
  type FileState,
  isSettled,
  type KnownFile,
  knownFile,
  noted,
  nowNs,
  rememberFile,
  stateOf,
} from "./stat-cache.ts";

/** Up to here a file is a block in a pack; longer ones are objects. */
export const SMALL_BYTES_MAX: number = 64 * 1024;
/** A file that others write to is read again so often. */
const TRIES = 3;
/** Opening a FIFO must not wait for its other end. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

export type FilePath = string | Buffer;

export async function putFile(core: Core, path: FilePath, options: PutOptions): Promise<StoredFile> {
  const profile = options.profile ?? DEFAULT_PROFILE;
  const known = await lookUp(core, path, profile);
  if (known !== undefined) {
    count(options, 1, known.sizeBytes);
    return { ...known, unchanged: true };
  }
  for (let tries = 0; tries < TRIES; tries++) {
    options.signal?.throwIfAborted();
    const stored = await readAndStore(core, path, profile, options);
    if (stored === undefined) continue;
    count(options, 1, 0);
    return { ...stored, unchanged: false };
  }
  throw new YonderError("INPUT", {
    message: `${path} is written to while it is read`,
    remedy: "put it again when its writer is done",
    exitCode: 1,
  });
}

export function count({ progress }: PutOptions, files: number, bytes: number): void {
  if (progress === undefined) return;
  progress.files += files;
  progress.bytes += bytes;
}

async function lookUp(core: Core, path: FilePath, profile: CidProfile): Promise<KnownFile | undefined> {
  const state = stateOf(fromSource(path, () => statSync(path, { bigint: true })));
  const isNoted = noted(core.db, state, profile) !== undefined;
  return isNoted ? await core.write((transaction) => knownFile(transaction, state, profile)) : undefined;
}

/** Undefined where the file was changed meanwhile. */
async function readAndStore(
  core: Core,
  path: FilePath,
  profile: CidProfile,
  options: PutOptions,
): Promise<KnownFile | undefined> {
  const readNs = nowNs();
  const small = readSmall(path);
  if (small === "changed") return undefined;
  if (small !== undefined) {
    const leaf = leafOf(small.bytes);
    const file = { cid: leaf.cid, sizeBytes: leaf.contentBytes, dagBytes: leaf.dagBytes };
    await core.write((transaction) => {
      addBlock(transaction, leaf.cid, small.bytes);
      if (isSettled(small.stat, readNs)) rememberFile(transaction, stateOf(small.stat), profile, file);
    }, small.bytes.length);
    count(options, 0, file.sizeBytes);
    return file;
  }
  const handle = await open(path, OPEN_FLAGS).catch((error) => fromSource(path, () => raise(error)));
  try {
    const before = await handle.stat({ bigint: true });
    const object = await writeObject(core.places, handle, profile, options);
    try {
      if (!isSame(before, await handle.stat({ bigint: true })) || object.sizeBytes !== Number(before.size)) {
        return undefined;
      }
      const state = isSettled(before, readNs) ? stateOf(before) : undefined;
      await core.write((transaction) => store(core, transaction, object, profile, state));
      return { cid: object.root.cid, sizeBytes: object.sizeBytes, dagBytes: object.root.dagBytes };
    } finally {
      object.discard();
    }
  } finally {
    await handle.close();
  }
}

function store(
  core: Core,
  transaction: Parameters<typeof addBlock>[0],
  object: NewObject,
  profile: CidProfile,
  state: FileState | undefined,
): void {
  addObject(core, transaction, object);
  const { cid, dagBytes } = object.root;
  if (state !== undefined) {
    rememberFile(transaction, state, profile, { cid, sizeBytes: object.sizeBytes, dagBytes });
  }
}

export interface SmallFile {
  readonly bytes: Buffer;
  readonly stat: BigIntStats;
}

/**
 * A small file at once; undefined where it is not small.
 *
 * @param before its stat, where it has been looked at
 * @param target memory to use, of one byte more than `SMALL_BYTES_MAX`
 * @throws YonderError INPUT where it is no file, or cannot be read
 */
export function readSmall(
  path: FilePath,
  { flags = 0, before, target }: { flags?: number; before?: BigIntStats; target?: Buffer } = {},
): SmallFile | "changed" | undefined {
  return fromSource(path, () => {
    const fd = openSync(path, OPEN_FLAGS | flags);
    try {
      const stat = before ?? fstatSync(fd, { bigint: true });
      if (!stat.isFile()) throw notAFile(path, stat);
      const size = Number(stat.size);
      if (size > SMALL_BYTES_MAX) return undefined;
      // One byte more than there should be, to see that it is the end.
      const buffer = target ?? Buffer.allocUnsafe(size + 1);
      const length = readSync(fd, buffer, 0, size + 1, 0);
      const isWhole = length === size && isSame(stat, fstatSync(fd, { bigint: true }));
      return isWhole ? { bytes: buffer.subarray(0, size), stat } : "changed";
    } finally {
      closeSync(fd);
    }
  });
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return (
    one.ino === other.ino &&
    one.size === other.size &&
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs
  );
}

function notAFile(path: FilePath, stat: BigIntStats): YonderError {
  return new YonderError("INPUT", {
    message: `${path} is ${stat.isDirectory() ? "a directory" : "no regular file"}`,
    remedy: stat.isDirectory() ? "put it with putTree, or name the files in it" : "give a regular file",
    exitCode: 1,
  });
}

function raise(error: unknown): never {
  throw error;
}

/** What the source's file system says, as an error for a person. */
export function fromSource<T>(path: FilePath, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof YonderError) throw error;
    throw new YonderError("INPUT", {
      message: `${path} cannot be read: ${(error as Error).message}`,
      remedy: "check its name and permissions",
      exitCode: 1,
      cause: error,
    });
  }
}
