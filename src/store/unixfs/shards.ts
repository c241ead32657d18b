import { bufferOf } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import { type Dag, type Emit, emitNode } from "./block.ts";
import type { PbLink } from "./dag-pb.ts";
import { shardData } from "./entry.ts";
import { murmur3 } from "./murmur3.ts";

export const SHARD_FANOUT = 256;
/** The multicodec of murmur3-x64-64. */
export const SHARD_HASH = 0x22;

interface Placed {
  readonly link: PbLink;
  /** One byte for each depth. */
  readonly hash: Uint8Array;
}

/**
 * A directory as a hash array mapped trie of 256 places a node, as `ipfs add` makes it: a name goes to the place that
 * the next byte of its hash says, and names that share a place share a shard below it. The tree depends on the names
 * alone, not on their order. https://specs.ipfs.tech/unixfs/#dag-pb-hamtdirectory
 *
 * @throws YonderError INPUT where names cannot be told apart by their hash
 */
export function emitShards(links: readonly PbLink[], emit: Emit): Dag {
  return emitShard(
    links.map((link) => ({ link, hash: murmur3(bufferOf(link.name)) })),
    0,
    emit,
  );
}

function emitShard(entries: readonly Placed[], depth: number, emit: Emit): Dag {
  const places = new Map<number, Placed[]>();
  for (const entry of entries) {
    const place = entry.hash[depth];
    if (place === undefined) throw sameHash(entries);
    const here = places.get(place);
    if (here === undefined) places.set(place, [entry]);
    else here.push(entry);
  }
  const taken = [...places].sort(([left], [right]) => left - right);
  const links = taken.map(([place, here]) => shardLink(place, here, depth, emit));
  const data = shardData(bitField([...places.keys()]), SHARD_HASH, SHARD_FANOUT);
  return emitNode({ links, data }, 0, emit);
}

/** An entry is linked as its place and its name, a shard below as its place alone. */
function shardLink(place: number, here: readonly Placed[], depth: number, emit: Emit): PbLink {
  const prefix = place.toString(16).padStart(2, "0").toUpperCase();
  if (here.length === 1) return { ...here[0]!.link, name: prefix + here[0]!.link.name };
  const { cid, dagBytes } = emitShard(here, depth + 1, emit);
  return { cid, dagBytes, name: prefix };
}

/** A bit for each taken place, the last byte holding the first eight; without zero bytes at its beginning. */
function bitField(places: readonly number[]): Uint8Array {
  const bits = new Uint8Array(SHARD_FANOUT / 8);
  for (const place of places) bits[bits.length - 1 - (place >> 3)]! |= 1 << (place & 7);
  return bits.subarray(bits.findIndex((byte) => byte !== 0));
}

function sameHash(entries: readonly Placed[]): YonderError {
  const names = entries.slice(0, 2).map(({ link }) => `"${link.name}"`);
  return new YonderError("INPUT", {
    message: `a directory of this size cannot hold both ${names.join(" and ")}: their hashes are equal`,
    remedy: "rename one of them, or divide the directory",
    exitCode: 1,
  });
}
