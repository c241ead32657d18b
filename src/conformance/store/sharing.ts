import assert from "node:assert/strict";
import type { AbortOptions, BlockStore } from "../../interface/store.ts";
import { aBlock, assertEqualBlock, fails, isThere, listed, type StorePromise } from "./promise.ts";

const MIB = 1024 * 1024;

/** Many callers and processes at once, and those that change their mind. */
export const SHARING_PROMISES: readonly StorePromise[] = [
  {
    name: "many callers put and get at once",
    keep: async ({ store }) => {
      const blocks = Array.from({ length: 100 }, (_, index) => aBlock(index * 700));
      const twice = [...blocks, ...blocks.toReversed()];
      await Promise.all(
        twice.map(async (block) => {
          await store.putBlock(block.cid, block.bytes);
          await assertEqualBlock(store, block);
        }),
      );
      assert.equal((await listed(store)).size, blocks.length);
    },
  },
  {
    name: "a block that is put and deleted at once is whole or absent",
    keep: async ({ store }) => {
      for (const size of [100, MIB]) {
        const block = aBlock(size);
        for (let round = 0; round < 10; round++) {
          await Promise.all([
            store.putBlock(block.cid, block.bytes),
            store.deleteBlock(block.cid),
            wholeOrAbsent(store, block),
            store.putBlock(block.cid, block.bytes),
            wholeOrAbsent(store, block),
          ]);
          await wholeOrAbsent(store, block);
        }
      }
    },
  },
  {
    name: "other processes see what was put, and what was deleted",
    needs: "shared",
    keep: async ({ store, open }) => {
      await using other = await open!();
      for (const size of [100, MIB]) {
        const block = aBlock(size);
        await store.putBlock(block.cid, block.bytes);
        await assertEqualBlock(other, block);
        assert.ok(await isThere(other, block));
        assert.ok((await listed(other)).has(block.cid));
        await other.deleteBlock(block.cid);
        await assert.rejects(store.getBlock(block.cid), fails("STORE_MISSING"));
      }
    },
  },
  {
    name: "what was put is there when the store is opened again",
    needs: "shared",
    keep: async ({ store, open }) => {
      const blocks = [aBlock(100), aBlock(MIB)];
      for (const { cid, bytes } of blocks) await store.putBlock(cid, bytes);
      await store.flush();
      await store[Symbol.asyncDispose]();
      await using again = await open!();
      for (const block of blocks) await assertEqualBlock(again, block);
    },
  },
  {
    name: "two processes put the same blocks at once",
    needs: "shared",
    keep: async ({ store, open }) => {
      await using other = await open!();
      const blocks = Array.from({ length: 60 }, (_, index) => aBlock(index * 2000));
      await Promise.all(
        blocks.flatMap(({ cid, bytes }) => [store.putBlock(cid, bytes), other.putBlock(cid, bytes)]),
      );
      for (const block of blocks) for (const each of [store, other]) await assertEqualBlock(each, block);
      assert.equal((await listed(other)).size, blocks.length);
    },
  },
  {
    name: "a call that was aborted before does nothing, and tells the reason",
    keep: async ({ store }) => {
      const [there, absent] = [aBlock(), aBlock()];
      await store.putBlock(there.cid, there.bytes);
      const reason = new Error("changed my mind");
      const options: AbortOptions = { signal: AbortSignal.abort(reason) };
      const tells = (error: unknown) => error === reason;
      await assert.rejects(store.putBlock(absent.cid, absent.bytes, options), tells, "put");
      await assert.rejects(store.getBlock(there.cid, options), tells, "get");
      await assert.rejects(store.hasBlocks([there.cid], options), tells, "has");
      await assert.rejects(store.deleteBlock(there.cid, options), tells, "delete");
      await assert.rejects(readList(store, options), tells, "list");
      assert.deepEqual(await store.hasBlocks([there.cid, absent.cid]), [true, false]);
    },
  },
  {
    name: "a call that is aborted meanwhile is done, or tells the reason",
    keep: async ({ store }) => {
      const reason = new Error("changed my mind");
      for (let round = 0; round < 10; round++) {
        const block = aBlock(MIB);
        const stop = new AbortController();
        const put = store.putBlock(block.cid, block.bytes, stop);
        setTimeout(() => stop.abort(reason), round / 2);
        const error = await put.then(
          () => undefined,
          (error: unknown) => error,
        );
        if (error === undefined) await assertEqualBlock(store, block);
        else assert.equal(error, reason);
        await wholeOrAbsent(store, block);
      }
    },
  },
  {
    name: "a list that is aborted meanwhile ends with the reason",
    keep: async ({ store }) => {
      for (let count = 0; count < 10; count++) {
        const { cid, bytes } = aBlock();
        await store.putBlock(cid, bytes);
      }
      const stop = new AbortController();
      const reason = new Error("seen enough");
      await assert.rejects(
        async () => {
          for await (const _ of store.listBlocks({ signal: stop.signal })) stop.abort(reason);
        },
        (error) => error === reason,
      );
    },
  },
];

async function readList(store: BlockStore, options: AbortOptions): Promise<void> {
  for await (const _ of store.listBlocks(options));
}

async function wholeOrAbsent(store: BlockStore, block: ReturnType<typeof aBlock>): Promise<void> {
  try {
    await assertEqualBlock(store, block);
  } catch (error) {
    fails("STORE_MISSING")(error);
  }
}
