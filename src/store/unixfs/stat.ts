import { type ByteString, bytesOf } from "../../bytes/bytes.ts";
import type { AbortOptions, Cid } from "../../interface/store.ts";
import type { BlockSource } from "../read-ahead.ts";
import { lengthOf, readNode, type UnixFsNode } from "./node.ts";

export interface DagStat {
  readonly type: "file" | "directory" | "symlink";
  /** Of a file: its length. */
  readonly sizeBytes?: number;
  /** Of a symbolic link: where it points to. */
  readonly target?: ByteString;
  /** All blocks together, each occurrence counted, as the links in the root say. */
  readonly dagBytes: number;
  /** The links in the root: the parts of a file, the entries or shards of a directory. */
  readonly linkCount: number;
}

/** What a CID is, from its root block alone. @throws YonderError STORE_MISSING, STORE_CORRUPT; INPUT */
export async function statDag(store: BlockSource, cid: Cid, options?: AbortOptions): Promise<DagStat> {
  const node = await readNode(store, cid, options);
  return {
    ...kindOf(node),
    dagBytes: node.links.reduce((sum, link) => sum + link.dagBytes, node.blockBytes),
    linkCount: node.links.length,
  };
}

function kindOf(node: UnixFsNode): Pick<DagStat, "type" | "sizeBytes" | "target"> {
  switch (node.type) {
    case "directory":
    case "shard":
      return { type: "directory" };
    case "symlink":
      return { type: "symlink", target: bytesOf(Buffer.from(node.data)) };
    default:
      return { type: "file", sizeBytes: lengthOf(node) };
  }
}
