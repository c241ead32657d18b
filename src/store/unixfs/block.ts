import type { Cid } from "../../interface/store.ts";
import { cidOf } from "../cid.ts";
import { encodeNode, type PbNode } from "./dag-pb.ts";

export interface Block {
  readonly cid: Cid;
  readonly bytes: Uint8Array;
}

/** Takes a block that was made. The bytes are the receiver's. */
export type Emit = (block: Block) => void;

/** The root of what has been built. */
export interface Dag {
  readonly cid: Cid;
  /** Of a file: its length. Of anything else: 0. */
  readonly contentBytes: number;
  /** All its blocks together, each occurrence counted: what a link to it says (Tsize). */
  readonly dagBytes: number;
}

/** Encodes a node, gives its block away, and says what a link to it needs. */
export function emitNode(node: PbNode, contentBytes: number, emit: Emit): Dag {
  const bytes = encodeNode(node);
  const cid = cidOf("dag-pb", bytes);
  emit({ cid, bytes });
  return { cid, contentBytes, dagBytes: node.links.reduce((sum, link) => sum + link.dagBytes, bytes.length) };
}

/** The leaf of a file, whose bytes are the caller's. */
export function leafOf(bytes: Uint8Array): Dag {
  return { cid: cidOf("raw", bytes), contentBytes: bytes.length, dagBytes: bytes.length };
}
