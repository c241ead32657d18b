import { type ByteString, bufferOf } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { AbortOptions, Cid } from "../../interface/store.ts";
import { type BlockSource, readAhead } from "../read-ahead.ts";
import type { DirectoryEntry } from "./build-directory.ts";
import type { PbLink } from "./dag-pb.ts";
import { murmur3 } from "./murmur3.ts";
import { isName } from "./name.ts";
import { nodeOf, readNode, type UnixFsNode } from "./node.ts";
import { malformed } from "./protobuf.ts";
import { SHARD_FANOUT, SHARD_HASH } from "./shards.ts";

/** A place is written as two digits before the name. */
const PREFIX_LENGTH = 2;
/** The hash that places names has eight bytes. */
const DEPTH_MAX = 8;

/**
 * What is in a directory: of one block in the order of names, of a sharded one in that of their hashes. Each name is
 * one (no slash, not `..`): it may be made in a directory of the file system.
 *
 * @throws YonderError STORE_MISSING, STORE_CORRUPT; INPUT where it is not a directory, or a name is not one
 */
export async function* listDirectory(
  store: BlockSource,
  cid: Cid,
  options?: AbortOptions,
): AsyncGenerator<DirectoryEntry> {
  const node = await readNode(store, cid, options);
  checkDirectory(node, cid);
  for await (const { name, cid, dagBytes } of entriesOf(store, node, options, 0)) {
    if (!isName(name)) throw malformed(`a directory with the name ${JSON.stringify(name)}`);
    yield { name, cid, dagBytes };
  }
}

async function* entriesOf(
  store: BlockSource,
  node: UnixFsNode,
  options: AbortOptions | undefined,
  depth: number,
): AsyncGenerator<PbLink> {
  if (node.type === "directory" && depth === 0) return yield* node.links;
  checkShard(node, depth);
  const shards = node.links.filter(isShardLink);
  for (const link of node.links) if (!isShardLink(link)) yield entryOf(link);
  for await (const { item, bytes } of readAhead(store, shards, { signal: options?.signal }))
    yield* entriesOf(store, nodeOf(item.cid, bytes), options, depth + 1);
}

/**
 * The entry of a name; undefined where there is none. Of a sharded directory only the blocks on the way are read.
 *
 * @throws YonderError STORE_MISSING, STORE_CORRUPT; INPUT where it is not a directory
 */
export async function findEntry(
  store: BlockSource,
  cid: Cid,
  name: ByteString,
  options?: AbortOptions,
): Promise<DirectoryEntry | undefined> {
  let node = await readNode(store, cid, options);
  checkDirectory(node, cid);
  if (node.type === "directory") return node.links.find((link) => link.name === name);
  const hash = murmur3(bufferOf(name));
  for (let depth = 0; ; depth++) {
    checkShard(node, depth);
    const prefix = hash.toString("hex", depth, depth + 1).toUpperCase();
    const link = node.links.find((link) => link.name === prefix || link.name === prefix + name);
    if (link === undefined) return undefined;
    if (!isShardLink(link)) return entryOf(link);
    node = await readNode(store, link.cid, options);
  }
}

function isShardLink(link: PbLink): boolean {
  return link.name.length === PREFIX_LENGTH;
}

function entryOf(link: PbLink): PbLink {
  return { ...link, name: link.name.slice(PREFIX_LENGTH) };
}

function checkShard(node: UnixFsNode, depth: number): void {
  if (node.type !== "shard" || depth >= DEPTH_MAX) throw malformed("a shard of a directory that is none");
  if (node.fanout !== SHARD_FANOUT || node.hashCode !== SHARD_HASH)
    throw malformed(`a directory of ${node.fanout} places a shard, by hash ${node.hashCode}`);
}

function checkDirectory(node: UnixFsNode, cid: Cid): void {
  if (node.type === "directory" || node.type === "shard") return;
  throw new YonderError("INPUT", {
    message: `${cid} is a ${node.type === "symlink" ? "symbolic link" : "file"}, not a directory`,
    remedy: "yonder store cat shows a file, yonder store stat shows what a CID is",
    exitCode: 1,
  });
}
