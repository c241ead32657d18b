import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cid } from "../../interface/store.ts";
import { aBlock, assertEqualBlock, fails, isThere, listed, type StorePromise } from "./promise.ts";

const MIB = 1024 * 1024;
const SIZES = [0, 1, 31, 4096, 65_536, 65_537, MIB, 2 * MIB];

/** What any store of blocks promises to one caller. */
export const BLOCK_PROMISES: readonly StorePromise[] = [
  {
    name: "a block comes back as it was put",
    keep: async ({ store }) => {
      const codecs = ["raw", "dag-pb", "dag-cbor"] as const;
      const blocks = SIZES.flatMap((bytes) => codecs.map((codec) => aBlock(bytes, codec)));
      for (const { cid, bytes } of blocks) await store.putBlock(cid, bytes);
      for (const block of blocks) await assertEqualBlock(store, block);
    },
  },
  {
    name: "a block under a CID that its bytes do not have is refused",
    keep: async ({ store }) => {
      const block = aBlock();
      const other = aBlock();
      await assert.rejects(store.putBlock(block.cid, other.bytes), fails("STORE_CORRUPT"));
      assert.deepEqual(await store.hasBlocks([block.cid, other.cid]), [false, false]);
    },
  },
  {
    name: "a block that is not there is missing, and can be deleted",
    keep: async ({ store }) => {
      const block = aBlock();
      await assert.rejects(store.getBlock(block.cid), fails("STORE_MISSING"));
      await store.deleteBlock(block.cid);
      assert.deepEqual(await store.hasBlocks([block.cid]), [false]);
      assert.deepEqual(await store.hasBlocks([]), []);
    },
  },
  {
    name: "has answers for each, in order",
    keep: async ({ store }) => {
      const [here, there, absent] = [aBlock(), aBlock(), aBlock()];
      for (const { cid, bytes } of [here, there]) await store.putBlock(cid, bytes);
      const asked = [absent, here, absent, there, here].map(({ cid }) => cid);
      assert.deepEqual(await store.hasBlocks(asked), [false, true, false, true, true]);
      const many = Array.from({ length: 5000 }, (_, index) => aBlock(Buffer.from(`${index}`)).cid);
      assert.ok((await store.hasBlocks(many)).every((has) => has === false));
    },
  },
  {
    name: "bytes belong to the caller, before and after",
    keep: async ({ store }) => {
      for (const size of [100, MIB]) {
        const block = aBlock(size);
        const own = Uint8Array.from(block.bytes);
        await store.putBlock(block.cid, own);
        own.fill(0);
        const got = await store.getBlock(block.cid);
        got.fill(1);
        await assertEqualBlock(store, block);
      }
    },
  },
  {
    name: "a put and a look refresh a block",
    keep: async ({ store }) => {
      const block = aBlock();
      await store.putBlock(block.cid, block.bytes);
      const freshMs = async () => (await listed(store)).get(block.cid)!.freshMs;
      const put = await freshMs();
      assert.ok(Math.abs(put - Date.now()) < 60_000, `${put} is not about now`);
      await sleep(20);
      await store.putBlock(block.cid, block.bytes);
      const again = await freshMs();
      assert.ok(again > put, "a second put");
      await sleep(20);
      await store.hasBlocks([block.cid]);
      assert.ok((await freshMs()) > again, "a look");
    },
  },
  {
    name: "what is deleted is gone, and can be put again",
    keep: async ({ store }) => {
      for (const size of [10, MIB]) {
        const [block, other] = [aBlock(size), aBlock(size)];
        for (const { cid, bytes } of [block, other]) await store.putBlock(cid, bytes);
        await store.deleteBlock(block.cid);
        await assert.rejects(store.getBlock(block.cid), fails("STORE_MISSING"));
        assert.ok(!(await isThere(store, block)));
        assert.ok(!(await listed(store)).has(block.cid));
        await assertEqualBlock(store, other);
        await store.putBlock(block.cid, block.bytes);
        await assertEqualBlock(store, block);
      }
    },
  },
  {
    name: "the list has each block once, with its size",
    keep: async ({ store }) => {
      assert.equal((await listed(store)).size, 0, "a new store is empty");
      const blocks = Array.from({ length: 300 }, (_, index) => aBlock(index));
      await Promise.all(blocks.map(({ cid, bytes }) => store.putBlock(cid, bytes)));
      await store.putBlock(blocks[0]!.cid, blocks[0]!.bytes);
      const sizes = new Map([...(await listed(store))].map(([cid, { sizeBytes }]) => [cid, sizeBytes]));
      assert.deepEqual(sizes, new Map(blocks.map(({ cid, bytes }) => [cid, bytes.length])));
    },
  },
  {
    name: "a list has what stays, whatever comes and goes meanwhile",
    keep: async ({ store }) => {
      const stay = Array.from({ length: 200 }, () => aBlock());
      const go = Array.from({ length: 200 }, () => aBlock());
      await Promise.all([...stay, ...go].map(({ cid, bytes }) => store.putBlock(cid, bytes)));
      const seen = new Set<Cid>();
      for await (const { cid } of store.listBlocks()) {
        assert.ok(!seen.has(cid), "listed twice");
        seen.add(cid);
        const leaving = go.pop();
        if (leaving === undefined) continue;
        await store.deleteBlock(leaving.cid);
        await store.putBlock(...blockOf(aBlock()));
      }
      for (const { cid } of stay) assert.ok(seen.has(cid), `${cid} was there all the time`);
    },
  },
  {
    name: "a list may be left early, more than once",
    keep: async ({ store }) => {
      for (let count = 0; count < 10; count++) await store.putBlock(...blockOf(aBlock()));
      for (let round = 0; round < 3; round++) for await (const _ of store.listBlocks()) break;
      assert.equal((await listed(store)).size, 10);
    },
  },
  {
    name: "a flush keeps everything as it is",
    keep: async ({ store }) => {
      await store.flush();
      const block = aBlock();
      await store.putBlock(block.cid, block.bytes);
      await Promise.all([store.flush(), store.flush()]);
      await assertEqualBlock(store, block);
    },
  },
  {
    name: "disposing of a store is safe to repeat",
    keep: async ({ store }) => {
      await store.putBlock(...blockOf(aBlock()));
      await store[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  },
];

function blockOf({ cid, bytes }: ReturnType<typeof aBlock>): [Cid, Uint8Array] {
  return [cid, bytes];
}
