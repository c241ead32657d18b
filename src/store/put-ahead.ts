import type { AbortOptions, BlockStore } from "../interface/store.ts";
import type { Block } from "./unixfs/block.ts";

/** Blocks that are on their way at once, so that a store can write many by one step. */
const PUTS_MAX = 64;
const BYTES_MAX = 8 * 1024 * 1024;

/**
 * Puts blocks as they come, up to 64 or 8 MiB of them at a time; the source waits meanwhile. Ends when all have been
 * put, at the first that could not be with its error.
 */
export async function putAhead(
  store: Pick<BlockStore, "putBlock">,
  blocks: AsyncIterable<Block>,
  options: AbortOptions = {},
): Promise<void> {
  const flying: { put: Promise<void>; sizeBytes: number }[] = [];
  let bytesFlying = 0;
  async function settleFirst(): Promise<void> {
    const { put, sizeBytes } = flying.shift()!;
    bytesFlying -= sizeBytes;
    await put;
  }
  for await (const { cid, bytes } of blocks) {
    while (flying.length >= PUTS_MAX || (flying.length > 0 && bytesFlying + bytes.length > BYTES_MAX))
      await settleFirst();
    const put = store.putBlock(cid, bytes, options);
    put.catch(() => {}); // Its error is told when its turn comes.
    flying.push({ put, sizeBytes: bytes.length });
    bytesFlying += bytes.length;
  }
  while (flying.length > 0) await settleFirst();
}
