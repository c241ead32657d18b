import type { ByteString } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Cid, CidProfile } from "../../interface/store.ts";
import { CID_BYTES } from "../cid.ts";
import { type Dag, type Emit, emitNode } from "./block.ts";
import { encodedBytes, type PbLink, type PbNode } from "./dag-pb.ts";
import { directoryData, symlinkData } from "./entry.ts";
import { isName } from "./name.ts";
import { DEFAULT_PROFILE, PROFILES } from "./profile.ts";
import { emitShards } from "./shards.ts";

/** What a directory says of a thing in it: its name, and the `cid` and `dagBytes` that its builder gave. */
export interface DirectoryEntry {
  readonly name: ByteString;
  readonly cid: Cid;
  readonly dagBytes: number;
}

/** Above this a directory becomes a tree of shards. */
const FLAT_BYTES_MAX = 256 * 1024;

/**
 * A directory of what has been built: one node up to 256 KiB, beyond it a tree of shards, as `ipfs add` with the same
 * profile makes it. Entries come in any order.
 *
 * @throws YonderError INPUT for a name that is empty, `.`, `..`, has a slash, or is there twice
 */
export function buildDirectory(
  entries: Iterable<DirectoryEntry>,
  emit: Emit,
  profile: CidProfile = DEFAULT_PROFILE,
): Dag {
  const links = [...entries].sort(byName);
  links.forEach((link, index) => {
    if (!isName(link.name)) throw badName(link.name, "not a name");
    if (links[index + 1]?.name === link.name) throw badName(link.name, "there twice");
  });
  const node = { links, data: directoryData() };
  return isFlat(node, profile) ? emitNode(node, 0, emit) : emitShards(links, emit);
}

/** A symbolic link: its target as it was written, which nothing follows. */
export function buildSymlink(target: ByteString, emit: Emit): Dag {
  return emitNode({ links: [], data: symlinkData(target) }, 0, emit);
}

function isFlat(node: PbNode, profile: CidProfile): boolean {
  const size =
    PROFILES[profile].directorySize === "block"
      ? encodedBytes(node)
      : node.links.reduce((sum, link) => sum + link.name.length + CID_BYTES, 0);
  return size <= FLAT_BYTES_MAX;
}

function byName(left: PbLink, right: PbLink): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

function badName(name: ByteString, what: string): YonderError {
  return new YonderError("INPUT", {
    message: `a directory cannot hold "${name}": it is ${what}`,
    remedy: "give each entry a name of its own, without slashes",
    exitCode: 1,
  });
}
