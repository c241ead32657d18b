import { closeSync, openSync, readSync } from "node:fs";
import type { Cid } from "../../interface/store.ts";
import { cidOf, codecOf } from "../cid.ts";
import { nodeOf } from "../unixfs/node.ts";
import type { Database } from "./database.ts";
import type { Places } from "./places.ts";
import { pathOfPlace } from "./readers.ts";

/** A piece of a whole file that is a block. */
export interface Leaf {
  readonly cid: Cid;
  readonly offset: number;
  readonly length: number;
}

/**
 * The leaves of a file, in their order, as its nodes say. Undefined where a node is missing or damaged, or the root is
 * not that of a file whose bytes are all in its leaves.
 */
export function leavesOf(
  root: Cid,
  sizeBytes: number,
  nodeBytes: (cid: Cid) => Uint8Array | undefined,
): Leaf[] | undefined {
  const leaves: Leaf[] = [];
  let at = 0;
  function visit(cid: Cid, length: number): boolean {
    if (codecOf(cid) === "raw") {
      leaves.push({ cid, offset: at, length });
      at += length;
      return true;
    }
    const bytes = codecOf(cid) === "dag-pb" ? nodeBytes(cid) : undefined;
    if (bytes === undefined) return false;
    const { type, data, links, partBytes } = nodeOf(cid, bytes);
    if (type !== "file" || data.length > 0 || links.length !== partBytes.length) return false;
    return links.every((link, index) => visit(link.cid, partBytes[index]!));
  }
  return visit(root, sizeBytes) && at === sizeBytes ? leaves : undefined;
}

/** Reads and verifies a block at once; undefined where it is missing or damaged. For the nodes of files. */
export function blockNow(db: Database, places: Places, cid: Cid): Buffer | undefined {
  const row = db.get("select place, offset, length from blocks where cid = ?", cid);
  if (row === undefined) return undefined;
  try {
    const path = pathOfPlace(db, places, Number(row["place"]));
    const bytes = readPiece(path, Number(row["offset"]), Number(row["length"]));
    return cidOf(codecOf(cid), bytes) === cid ? bytes : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function readPiece(path: string, offset: number, length: number): Buffer {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.allocUnsafeSlow(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
  } finally {
    closeSync(fd);
  }
}

/** Reads a file leaf by leaf, and says of each whether it is what it should be. */
export function* checkLeaves(
  path: string,
  leaves: Iterable<Leaf>,
): Generator<{ leaf: Leaf; isGood: boolean }> {
  const fd = openSync(path, "r");
  let buffer = Buffer.alloc(0);
  try {
    for (const leaf of leaves) {
      if (buffer.length < leaf.length) buffer = Buffer.allocUnsafeSlow(leaf.length);
      const bytes = buffer.subarray(0, readSync(fd, buffer, 0, leaf.length, leaf.offset));
      yield { leaf, isGood: cidOf("raw", bytes) === leaf.cid };
    }
  } finally {
    closeSync(fd);
  }
}
