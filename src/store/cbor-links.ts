import type { Cid } from "../interface/store.ts";
import { cidFromBytes } from "./cid.ts";
import { malformed } from "./unixfs/protobuf.ts";

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;
const CID_TAG = 42;
/** A CID in CBOR begins with the byte of the multibase for bytes as they are. */
const IDENTITY = 0;

/**
 * The CIDs in a dag-cbor block (https://ipld.io/specs/codecs/dag-cbor/spec/), in their order. Nothing is decoded but
 * them.
 *
 * @throws YonderError INPUT where the block is not dag-cbor
 */
export function cborLinks(block: Uint8Array): Cid[] {
  const links: Cid[] = [];
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  let at = 0;
  let expected = 1;
  let tagged = false;
  while (expected > 0) {
    const { major, argument, next } = readHead(view, at);
    expected--;
    at = next;
    if (tagged && major !== BYTES) throw malformed("a link that is not bytes");
    if (major === BYTES || major === TEXT) {
      at += argument;
      if (at > block.length) throw malformed("bytes are cut off");
      if (tagged) links.push(linkOf(block.subarray(next, at)));
    } else if (major === ARRAY) expected += argument;
    else if (major === MAP) expected += argument * 2;
    else if (major === TAG) {
      if (argument !== CID_TAG) throw malformed(`tag ${argument}`);
      expected++;
    }
    tagged = major === TAG;
  }
  if (at !== block.length) throw malformed("bytes are left over");
  return links;
}

function linkOf(bytes: Uint8Array): Cid {
  if (bytes[0] !== IDENTITY) throw malformed("a link in an unknown base");
  return cidFromBytes(bytes.subarray(1));
}

/** The first byte of an item and the number that follows it; of simple values and floats, the length is all that counts. */
function readHead(view: DataView, at: number): { major: number; argument: number; next: number } {
  if (at >= view.byteLength) throw malformed("an item is missing");
  const first = view.getUint8(at);
  const major = first >> 5;
  const low = first & 31;
  if (low < 24) return { major, argument: low, next: at + 1 };
  const bytes = 1 << (low - 24);
  if (low > 27 || at + 1 + bytes > view.byteLength) throw malformed("the head of an item");
  const next = at + 1 + bytes;
  // Large integers are skipped, not read.
  if (major === UNSIGNED || major === NEGATIVE || major > TAG) return { major, argument: 0, next };
  let argument = 0;
  for (let index = at + 1; index < next; index++) argument = argument * 256 + view.getUint8(index);
  return { major, argument, next };
}
