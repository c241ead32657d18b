import type { AbortOptions, Cid } from "../interface/store.ts";
import { linksOf } from "./links.ts";
import { type BlockSource, readAhead } from "./read-ahead.ts";
import type { Block } from "./unixfs/block.ts";

/**
 * Every block below a root and the root itself, each once, depth first, parents before their children and these in
 * their order: as CAR files have them. Memory: the CIDs seen, and a few blocks a level.
 *
 * @throws YonderError STORE_MISSING, STORE_CORRUPT; INPUT for a block that is not what its codec says
 */
export async function* walkDag(
  store: BlockSource,
  roots: readonly Cid[],
  options: AbortOptions = {},
  seen: Set<Cid> = new Set(),
): AsyncGenerator<Block> {
  for await (const { item, bytes } of readAhead(store, unseen(roots, seen), options)) {
    if (seen.has(item.cid)) continue; // It was below one of those before it.
    seen.add(item.cid);
    yield { cid: item.cid, bytes };
    yield* walkDag(store, linksOf(item.cid, bytes), options, seen);
  }
}

function* unseen(cids: readonly Cid[], seen: ReadonlySet<Cid>): Generator<{ cid: Cid }> {
  for (const cid of cids) if (!seen.has(cid)) yield { cid };
}
