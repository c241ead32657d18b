import type { CidProfile } from "../../interface/store.ts";

/** What a profile decides: https://specs.ipfs.tech/ipips/ipip-0499/ */
export interface ProfileShape {
  /** The length of each leaf of a file but the last. */
  readonly chunkBytes: number;
  /** How many links a node of a file has at most. */
  readonly linksMax: number;
  /** When a directory becomes a tree of shards: by the length of its block, or by that of its names and CIDs alone. */
  readonly directorySize: "block" | "links";
}

export const PROFILES: Readonly<Record<CidProfile, ProfileShape>> = {
  "unixfs-v1-2025": { chunkBytes: 1024 * 1024, linksMax: 1024, directorySize: "block" },
  "kubo-cidv1": { chunkBytes: 256 * 1024, linksMax: 174, directorySize: "links" },
};

export const DEFAULT_PROFILE: CidProfile = "unixfs-v1-2025";
