import type { Cid } from "../../interface/store.ts";
import { CID_BYTES, cidToBytes, readCid } from "../cid.ts";
import { readVarint, varintLength, writeVarint } from "../unixfs/protobuf.ts";

/** The header of a CAR file of version 1 without roots: https://ipld.io/specs/transport/car/carv1/ */
export const PACK_HEADER: Buffer = Buffer.concat([
  Buffer.of(17, 0xa2, 0x65),
  Buffer.from("roots"),
  Buffer.of(0x80, 0x67),
  Buffer.from("version"),
  Buffer.of(1),
]);

/** What stands before the bytes of a block: the length of the rest, and the CID. */
export function sectionHead(cid: Cid, length: number): Buffer {
  const rest = CID_BYTES + length;
  const head = Buffer.allocUnsafe(varintLength(rest) + CID_BYTES);
  head.set(cidToBytes(cid), writeVarint(head, 0, rest));
  return head;
}

export function sectionHeadLength(length: number): number {
  return varintLength(CID_BYTES + length) + CID_BYTES;
}

/** The most that a section's head takes. */
export const SECTION_HEAD_MAX: number = 10 + CID_BYTES;

/** Reads a section's head: its CID, where its bytes begin and how many there are. Undefined where there is none. */
export function readSectionHead(bytes: Uint8Array): { cid: Cid; at: number; length: number } | undefined {
  try {
    const { value, next } = readVarint(bytes, 0);
    const cid = readCid(bytes.subarray(next));
    if (cid === undefined || value < cid.length) return undefined;
    return { cid: cid.cid, at: next + cid.length, length: value - cid.length };
  } catch {
    return undefined;
  }
}
