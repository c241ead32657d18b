import type { BlockStore, Cid } from "../interface/store.ts";

/** What readers need of a store. */
export type BlockSource = Pick<BlockStore, "getBlock">;

/** How many blocks are asked for before the first of them is used, unless told otherwise: 4 MiB of a file. */
export const READ_AHEAD = 4;

/**
 * The blocks of some CIDs, in their order, `window` of them in flight. Whoever stops early stops what is in flight.
 *
 * @throws YonderError STORE_MISSING, STORE_CORRUPT when its turn has come
 */
export async function* readAhead<T extends { readonly cid: Cid }>(
  store: BlockSource,
  wanted: Iterable<T>,
  options: { window?: number; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<{ item: T; bytes: Uint8Array }> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const flying: { item: T; bytes: Promise<Uint8Array> }[] = [];
  const items = wanted[Symbol.iterator]();
  try {
    for (;;) {
      while (flying.length < (options.window ?? READ_AHEAD)) {
        const { value: item, done } = items.next();
        if (done) break;
        const bytes = store.getBlock(item.cid, { signal });
        bytes.catch(() => {}); // It counts when its turn comes, which may be never.
        flying.push({ item, bytes });
      }
      const first = flying.shift();
      if (first === undefined) return;
      yield { item: first.item, bytes: await first.bytes };
    }
  } finally {
    if (flying.length > 0) stop.abort();
  }
}
