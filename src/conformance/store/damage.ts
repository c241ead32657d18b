import assert from "node:assert/strict";
import { aBlock, assertEqualBlock, fails, type StorePromise } from "./promise.ts";

/** What was changed behind the store's back. */
export const DAMAGE_PROMISES: readonly StorePromise[] = [
  {
    name: "a damaged block is an error, never other bytes, and harms no other",
    needs: "damage",
    keep: async ({ store, damage }) => {
      for (const size of [50, 5000, 1024 * 1024]) {
        const [block, other] = [aBlock(size), aBlock(size)];
        for (const { cid, bytes } of [block, other]) await store.putBlock(cid, bytes);
        await damage!(block.cid);
        await assert.rejects(store.getBlock(block.cid), fails("STORE_CORRUPT"));
        await assertEqualBlock(store, other);
      }
    },
  },
  {
    name: "a damaged block that was found is mended by the next put",
    needs: "damage",
    keep: async ({ store, damage }) => {
      const block = aBlock(5000);
      await store.putBlock(block.cid, block.bytes);
      await damage!(block.cid);
      await assert.rejects(store.getBlock(block.cid), fails("STORE_CORRUPT"));
      await store.putBlock(block.cid, block.bytes);
      await assertEqualBlock(store, block);
    },
  },
];
