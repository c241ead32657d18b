import assert from "node:assert/strict";
import { test } from "node:test";
import type { YonderError } from "../../interface/errors.ts";
import type { ActionKey, Cid } from "../../interface/store.ts";
import { fsStore } from "./fs-store.ts";
import { aBlock, aStore, putBlocks } from "./testing.ts";

const rejects = (work: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(work, (error: YonderError) => error.code === code && error.remedy !== undefined);

test("a name is set to what is there, and only where it has what was expected", async () => {
  await using store = aStore();
  const [one, two, absent] = [aBlock(), aBlock(), aBlock()];
  await putBlocks(store, one, two);
  await store.setName("data/books", one.cid, "absent");
  await rejects(store.setName("data/books", two.cid, "absent"), "STORE_CONFLICT");
  await rejects(store.setName("data/books", two.cid, two.cid), "STORE_CONFLICT");
  await store.setName("data/books", two.cid, one.cid);
  await rejects(store.setName("data/books", absent.cid), "STORE_MISSING");
  for (const bad of ["", "/a", "a//b", "a/../b", "a b", "a\n"]) {
    await rejects(store.setName(bad, one.cid), "USAGE");
  }
  await store.setName("data%", one.cid);
  assert.equal(await store.getName("data/books"), two.cid);
  assert.deepEqual(
    (await store.names("data/")).map(({ name }) => name),
    ["data/books"],
  );
  await rejects(store.removeName("data/books", one.cid), "STORE_CONFLICT");
  assert.deepEqual(
    [await store.removeName("data/books"), await store.removeName("data/books")],
    [true, false],
  );
});

test("names and pins are there for the next process", async () => {
  const store = aStore();
  const block = aBlock();
  await putBlocks(store, block);
  await store.setName("n", block.cid);
  await store.pin(block.cid, "first");
  await store.pin(block.cid, "second");
  await store[Symbol.asyncDispose]();
  await using again = fsStore(store.directory);
  assert.equal(await again.getName("n"), block.cid);
  assert.deepEqual(
    (await again.pins()).map(({ cid, reason }) => [cid, reason]),
    [[block.cid, "second"]],
  );
  assert.deepEqual([await again.unpin(block.cid), await again.unpin(block.cid)], [true, false]);
  await rejects(again.pin(aBlock().cid), "STORE_MISSING");
  await rejects(again.hold([aBlock().cid]), "STORE_MISSING");
});

const key = (digit: string): ActionKey => digit.repeat(64) as ActionKey;

test("an action is found while its outputs are there", async () => {
  await using store = aStore();
  const [one, two] = [aBlock(), aBlock()];
  await putBlocks(store, one, two);
  const value = Buffer.from('{"exitCode":0}');
  await store.putAction(key("a"), { value, outputs: [one.cid, two.cid] });
  await store.putAction(key("b"), { value, outputs: [] });
  const found = await store.getActions([key("a"), key("b"), key("c"), key("a")]);
  assert.deepEqual(
    found.map((record) => record?.outputs),
    [[one.cid, two.cid], [], undefined, [one.cid, two.cid]],
  );
  assert.ok(Buffer.from(found[0]!.value).equals(value));
  await store.deleteBlock(two.cid);
  assert.equal(await store.getAction(key("a")), undefined);
  await putBlocks(store, two);
  assert.ok(await store.getAction(key("a")));
  await store.putAction(key("a"), { value: Buffer.from("2"), outputs: [] });
  assert.deepEqual((await store.getAction(key("a")))!.outputs, []);
  await store.deleteAction(key("a"));
  assert.equal(await store.getAction(key("a")), undefined);
});

test("an action with outputs that are not there, or too long for an index, is refused", async () => {
  await using store = aStore();
  const put = (outputs: Cid[], bytes: number): Promise<void> =>
    store.putAction(key("a"), { value: Buffer.alloc(bytes), outputs });
  await rejects(put([aBlock().cid], 1), "STORE_MISSING");
  await rejects(put([], 2 ** 20 + 1), "USAGE");
  await rejects(store.putAction("short" as ActionKey, { value: Buffer.alloc(0), outputs: [] }), "USAGE");
});
