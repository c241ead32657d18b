import type { AbortOptions, BlockStore } from "../interface/store.ts";
import type { Block } from "./unixfs/block.ts";

/** Blocks that are on their way at once, so that a store can write many by one step. */
const PUTS_MAX = 64;
const BYTES_MAX = 8 * 1024 * 1024;

/**
 * Puts blocks as they come, up to 64 or 8 MiB of them at a time; the source waits meanwhile. Ends when all have been
 * put, with what the source returned; at the first that could not be, with its error.
 */
export async function putAhead<Result>(
  store: Pick<BlockStore, "putBlock">,
  blocks: AsyncGenerator<Block, Result>,
  options: AbortOptions = {},
): Promise<Result> {
  const flying: { put: Promise<void>; sizeBytes: number }[] = [];
  let bytesFlying = 0;
  async function settleDownTo(puts: number, bytes: number): Promise<void> {
    while (flying.length > puts || (flying.length > 0 && bytesFlying > bytes)) {
      const { put, sizeBytes } = flying.shift()!;
      bytesFlying -= sizeBytes;
      await put;
    }
  }
  try {
    for (;;) {
      const next = await blocks.next();
      if (next.done) {
        await settleDownTo(0, 0);
        return next.value;
      }
      const { cid, bytes } = next.value;
      await settleDownTo(PUTS_MAX - 1, BYTES_MAX - bytes.length);
      const put = store.putBlock(cid, bytes, options);
      put.catch(() => {}); // Its error is told when its turn comes.
      flying.push({ put, sizeBytes: bytes.length });
      bytesFlying += bytes.length;
    }
  } finally {
    await Promise.allSettled(flying.map(({ put }) => put));
    await blocks.return(undefined as never);
  }
}
