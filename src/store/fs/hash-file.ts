import { closeSync, openSync, readSync } from "node:fs";
import type { Cid } from "../../interface/store.ts";
import { type Block, leafOf } from "../unixfs/block.ts";
import { fileTree } from "../unixfs/file-tree.ts";
import type { ProfileShape } from "../unixfs/profile.ts";
import type { Leaf } from "./leaves.ts";

/** The DAG of a file on the disk, in one go: for repairs, which nothing waits beside. */
export function hashFile(
  path: string,
  { chunkBytes, linksMax }: ProfileShape,
): { root: Cid; nodes: Block[]; leaves: Leaf[] } {
  const nodes: Block[] = [];
  const leaves: Leaf[] = [];
  const tree = fileTree(linksMax, (block) => nodes.push(block));
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  const fd = openSync(path, "r");
  try {
    for (let offset = 0; ; ) {
      const length = readSync(fd, buffer, 0, chunkBytes, offset);
      if (length === 0 && offset > 0) break;
      const leaf = leafOf(buffer.subarray(0, length));
      tree.add(leaf);
      leaves.push({ cid: leaf.cid, offset, length });
      offset += length;
      if (length < chunkBytes) break;
    }
  } finally {
    closeSync(fd);
  }
  return { root: tree.end().cid, nodes, leaves };
}
