import { renameSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { makeDirectories } from "../../directories.ts";
import type { CidProfile, PutOptions } from "../../interface/store.ts";
import { cidOfDigest, sha256 } from "../cid.ts";
import type { Block, Dag } from "../unixfs/block.ts";
import { fileTree } from "../unixfs/file-tree.ts";
import { PROFILES } from "../unixfs/profile.ts";
import { addBlock, refreshBlock } from "./blocks.ts";
import type { Core } from "./core.ts";
import type { Leaf } from "./leaves.ts";
import { objectPath, type Places } from "./places.ts";
import { readFull } from "./readers.ts";
import { addLeaves } from "./rebuild.ts";
import { removeFile, temporaryPath } from "./temporary.ts";
import type { Transaction } from "./writer.ts";

/** A whole file that has been copied into the store and has no name there yet. */
export interface NewObject {
  readonly root: Dag;
  readonly nodes: readonly Block[];
  readonly leaves: () => Iterable<Leaf>;
  readonly sizeBytes: number;
  readonly temporary: string;
  /** Size and modification time, by which it is known to be as it was written. */
  readonly seen: string;
  /** Removes the copy where it has not got a name. */
  discard(): void;
}

/** A read and a write are under way while a leaf is hashed. */
const BUFFERS = 3;
/** The disk begins early with a large file, so that it does not all wait for the flush. */
const EARLY_SYNC_BYTES = 64 * 2 ** 20;

/** Copies a file into the store while it hashes it, in memory of 3 chunks and 32 bytes a leaf. */
export async function writeObject(
  places: Places,
  source: FileHandle,
  profile: CidProfile,
  options: PutOptions,
): Promise<NewObject> {
  const temporary = temporaryPath(places);
  const discard = (): void => removeFile(temporary);
  try {
    const target = await open(temporary, "wx", 0o444);
    try {
      return { ...(await copy(source, target, profile, options)), temporary, discard };
    } finally {
      await target.close();
    }
  } catch (error) {
    discard();
    throw error;
  }
}

async function copy(
  source: FileHandle,
  target: FileHandle,
  profile: CidProfile,
  { signal, progress }: PutOptions,
): Promise<Pick<NewObject, "root" | "nodes" | "leaves" | "sizeBytes" | "seen">> {
  const { chunkBytes, linksMax } = PROFILES[profile];
  const nodes: Block[] = [];
  const digests: Buffer[] = [];
  const tree = fileTree(linksMax, (block) => nodes.push(block));
  const buffers = Array.from({ length: BUFFERS }, () => Buffer.allocUnsafeSlow(chunkBytes));
  const writes: Promise<unknown>[] = buffers.map(() => Promise.resolve());
  let sync: Promise<unknown> = Promise.resolve();
  let offset = 0;
  let reading = quiet(readFull(source, buffers[0]!, chunkBytes, 0));
  for (let index = 0; ; index++) {
    const length = await reading;
    if (length === 0 && index > 0) break;
    signal?.throwIfAborted();
    const following = (index + 1) % BUFFERS;
    await writes[following];
    const isLast = length < chunkBytes;
    if (!isLast) reading = quiet(readFull(source, buffers[following]!, chunkBytes, offset + length));
    const bytes = buffers[index % BUFFERS]!.subarray(0, length);
    writes[index % BUFFERS] = quiet(writeFull(target, bytes, offset));
    const digest = sha256(bytes);
    digests.push(digest);
    tree.add({ cid: cidOfDigest("raw", digest), contentBytes: length, dagBytes: length });
    offset += length;
    if (progress) progress.bytes += length;
    if (offset % EARLY_SYNC_BYTES === 0) {
      await sync;
      sync = quiet(target.datasync());
    }
    if (isLast) break;
  }
  await Promise.all([...writes, sync]);
  const sizeBytes = offset;
  const seen = seenText(await target.stat({ bigint: true }));
  const leaves = (): Iterable<Leaf> => leavesOfDigests(digests, chunkBytes, sizeBytes);
  return { root: tree.end(), nodes, leaves, sizeBytes, seen };
}

/** Its failure is told to whoever awaits it, which may be later, or never when something else failed first. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

async function writeFull(target: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await target.write(bytes, written, bytes.length - written, offset + written);
    written += bytesWritten;
  }
}

function* leavesOfDigests(
  digests: readonly Buffer[],
  chunkBytes: number,
  sizeBytes: number,
): Generator<Leaf> {
  for (const [index, digest] of digests.entries()) {
    const offset = index * chunkBytes;
    yield { cid: cidOfDigest("raw", digest), offset, length: Math.min(chunkBytes, sizeBytes - offset) };
  }
}

export function seenText({ size, mtimeNs }: { readonly size: bigint; readonly mtimeNs: bigint }): string {
  return `${size} ${mtimeNs}`;
}

/** Gives a copied file its name and its rows, or refreshes those of one that is there. */
export function addObject({ places, readers }: Core, transaction: Transaction, object: NewObject): void {
  const { db } = transaction;
  const { cid } = object.root;
  for (const node of object.nodes) addBlock(transaction, node.cid, node.bytes);
  const path = objectPath(places, cid);
  const row = db.get("select id, seen from objects where cid = ?", cid);
  const found = seenNow(path);
  const isThere = row !== undefined && found === row["seen"];
  if (isThere && everyRefreshed(transaction, object.leaves())) return;
  // A step whose batch failed comes here again: then it has its name already.
  if (!isThere && found !== object.seen) placeFile(object.temporary, path);
  const inserted =
    row ?? db.get("insert into objects (cid, size) values (?, ?) returning id", cid, object.sizeBytes)!;
  const id = Number(inserted["id"]);
  if (!isThere) {
    readers.forget(-id);
    db.run("update objects set synced = 0, seen = ? where id = ?", object.seen, id);
  }
  addLeaves(transaction, -id, object.leaves());
  if (transaction.hasDamaged) {
    for (const leaf of object.leaves()) db.run("delete from damaged where cid = ?", leaf.cid);
  }
}

function everyRefreshed(transaction: Transaction, leaves: Iterable<Leaf>): boolean {
  let isComplete = true;
  for (const { cid } of leaves) if (!refreshBlock(transaction, cid)) isComplete = false;
  return isComplete;
}

export function seenNow(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && seenText(stat);
}

function placeFile(temporary: string, path: string): void {
  try {
    renameSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    makeDirectories(dirname(path), 0o700);
    renameSync(temporary, path);
  }
}
