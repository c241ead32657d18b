import type { AbortOptions, Cid } from "../../interface/store.ts";
import { codecOf } from "../cid.ts";
import type { BlockSource } from "../read-ahead.ts";
import { decodeNode, type PbLink } from "./dag-pb.ts";
import { decodeEntry, type UnixFsEntry } from "./entry.ts";

/** A block as UnixFS sees it. One that is not dag-pb is a file of its bytes. */
export interface UnixFsNode extends UnixFsEntry {
  readonly links: readonly PbLink[];
  readonly blockBytes: number;
}

/** @throws YonderError STORE_MISSING, STORE_CORRUPT; INPUT where it is not UnixFS */
export async function readNode(store: BlockSource, cid: Cid, options?: AbortOptions): Promise<UnixFsNode> {
  return nodeOf(cid, await store.getBlock(cid, options));
}

/** @throws YonderError INPUT */
export function nodeOf(cid: Cid, bytes: Uint8Array): UnixFsNode {
  const blockBytes = bytes.length;
  if (codecOf(cid) !== "dag-pb") {
    const file = { type: "raw", fanout: undefined, hashCode: undefined } as const;
    return { ...file, data: bytes, fileBytes: bytes.length, partBytes: [], links: [], blockBytes };
  }
  const { links, data } = decodeNode(bytes);
  return { ...decodeEntry(data), links, blockBytes };
}

/** The length of a file that a node is the root of, as it says itself. */
export function lengthOf(node: UnixFsNode): number {
  return node.fileBytes ?? node.partBytes.reduce((sum, bytes) => sum + bytes, node.data.length);
}
