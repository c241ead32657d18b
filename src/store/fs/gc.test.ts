import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { YonderError } from "../../interface/errors.ts";
import type { ActionKey, Cid } from "../../interface/store.ts";
import { walkDag } from "../walk.ts";
import { type FsStore, fsStore } from "./fs-store.ts";
import { objectPath, packPath, placesOf } from "./places.ts";
import { aBlock, aFile, aNode, aStore, aUser, contents, linesOf, putBlocks } from "./testing.ts";

const DAY_MS = 86_400_000;

/** As if 15 days had passed: everything is older than the grace. */
function collectLater(store: FsStore, days = 15): ReturnType<FsStore["collectGarbage"]> {
  return store.collectGarbage({ nowMs: Date.now() + days * DAY_MS });
}

function aKey(): ActionKey {
  return createHash("sha256").update(randomBytes(8)).digest("hex") as ActionKey;
}

test("what nothing refers to goes when it is older than the grace, not before", async () => {
  await using store = aStore();
  await putBlocks(store, aBlock(), aBlock());
  const file = await store.putFile(aFile(100_000));
  assert.equal((await collectLater(store, 13)).blocks, 0);
  const dry = await store.collectGarbage({ nowMs: Date.now() + 15 * DAY_MS, isDry: true });
  assert.deepEqual([dry.blocks, (await contents(store)).size], [3, 3]);
  const { blocks, freedBytes } = await collectLater(store);
  assert.equal(blocks, 3);
  assert.ok(freedBytes > 100_000);
  assert.equal((await contents(store)).size, 0);
  const places = placesOf(store.directory);
  assert.equal(statSync(objectPath(places, file.cid), { throwIfNoEntry: false }), undefined);
  assert.deepEqual(readdirSync(places.packs), []);
});

test("pins, names, holds and fresh actions keep all that they refer to", async () => {
  await using store = aStore();
  const roots: Cid[] = [];
  for (let root = 0; root < 4; root++) {
    const leaf = aBlock();
    const middle = aNode([leaf.cid]);
    const top = aNode([middle.cid, leaf.cid]);
    await putBlocks(store, leaf, middle, top);
    roots.push(top.cid);
  }
  const [pinned, named, held, made] = roots as [Cid, Cid, Cid, Cid];
  await store.pin(pinned, "for a test");
  await store.setName("data/books", named);
  const hold = await store.hold([held]);
  await store.putAction(aKey(), { value: Buffer.from("1"), outputs: [made] });
  await collectLater(store, 13);
  assert.equal((await contents(store)).size, 12);
  await collectLater(store);
  assert.equal((await contents(store)).size, 9, "the action is as old as the rest");
  await hold.release();
  await store.unpin(pinned);
  await collectLater(store);
  assert.equal((await contents(store)).size, 3);
  await store.removeName("data/books");
  await collectLater(store);
  assert.equal((await contents(store)).size, 0);
});

test("holds of a process that has died keep nothing", async () => {
  const dead = aStore();
  const block = aBlock();
  await putBlocks(dead, block);
  await dead.hold([block.cid]);
  await dead[Symbol.asyncDispose]();
  await using store = fsStore(dead.directory);
  await collectLater(store);
  assert.equal((await contents(store)).size, 0);
});

test("putting again, asking for it and finding it by its stat make it young, with all below it", async () => {
  await using store = aStore();
  const path = aFile(3_000_000);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const file = await store.putFile(path);
  const [again, asked, old] = [aBlock(), aBlock(), aBlock()];
  await putBlocks(store, again, asked, old);
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const db = new DatabaseSync(placesOf(store.directory).index);
  db.exec("update blocks set fresh = 1000");
  db.close();
  await putBlocks(store, again);
  await store.hasBlocks([asked.cid]);
  assert.ok((await store.putFile(path)).unchanged);
  await store.collectGarbage();
  assert.deepEqual(await store.hasBlocks([again.cid, asked.cid, old.cid]), [true, true, false]);
  for await (const _ of walkDag(store, [file.cid]));
});

test("leaves that two files share outlive either of them", async () => {
  const shared = randomBytes(2 ** 20);
  for (const survivor of ["first", "second", "block"] as const) {
    await using store = aStore();
    const first = await store.putFile(aFile(Buffer.concat([shared, randomBytes(50)])));
    const second = await store.putFile(aFile(Buffer.concat([shared, randomBytes(50)])));
    const leaf = aNode([...(await leavesOf(store, first.cid))].slice(0, 1));
    await putBlocks(store, leaf);
    const kept = { first: first.cid, second: second.cid, block: leaf.cid }[survivor];
    await store.pin(kept);
    await collectLater(store);
    for await (const _ of walkDag(store, [kept]));
    const objects = readdirSync(placesOf(store.directory).objects).flatMap((name) =>
      readdirSync(join(placesOf(store.directory).objects, name)),
    );
    assert.deepEqual(objects, survivor === "block" ? [] : [kept]);
    assert.deepEqual(await store.verify(), { ...(await store.verify()), damaged: [], missing: [] });
  }
});

async function leavesOf(store: FsStore, root: Cid): Promise<Set<Cid>> {
  const leaves = new Set<Cid>();
  for await (const { cid } of walkDag(store, [root])) if (cid.startsWith("bafkrei")) leaves.add(cid);
  return leaves;
}

test("packs that are mostly dead are written again", async () => {
  await using store = aStore();
  const blocks = Array.from({ length: 40 }, () => aBlock(100_000));
  await putBlocks(store, ...blocks);
  for (const { cid } of blocks.slice(0, 5)) await store.pin(cid);
  await collectLater(store);
  const places = placesOf(store.directory);
  assert.equal(statSync(packPath(places, 1), { throwIfNoEntry: false }), undefined);
  assert.ok(statSync(packPath(places, 2)).size < 600_000);
  for (const { cid, bytes } of blocks.slice(0, 5)) {
    assert.ok(Buffer.from(await store.getBlock(cid)).equals(bytes));
  }
});

test("what a dead process has left without a row is removed", async () => {
  await using store = aStore();
  const block = aBlock();
  await putBlocks(store, block);
  const places = placesOf(store.directory);
  const orphan = objectPath(places, aBlock().cid);
  mkdirSync(join(orphan, ".."), { recursive: true });
  writeFileSync(orphan, "orphan");
  writeFileSync(packPath(places, 77), "orphan");
  const packBytes = statSync(packPath(places, 1)).size;
  appendFileSync(packPath(places, 1), "what was appended, and not committed");
  await store.collectGarbage();
  assert.equal(statSync(packPath(places, 1)).size, packBytes);
  assert.equal(statSync(orphan, { throwIfNoEntry: false }), undefined);
  assert.deepEqual(readdirSync(places.packs), ["00000001.car"]);
});

test("nothing is removed while something that is kept is damaged", async () => {
  await using store = aStore();
  const [leaf, garbage] = [aBlock(), aBlock()];
  const root = aNode([leaf.cid]);
  await putBlocks(store, leaf, root, garbage);
  await store.pin(root.cid);
  const { readFileSync } = await import("node:fs");
  const pack = packPath(placesOf(store.directory), 1);
  const bytes = readFileSync(pack);
  bytes[bytes.indexOf(root.bytes) + 3]! ^= 1;
  writeFileSync(pack, bytes);
  await assert.rejects(collectLater(store), (error: YonderError) => error.code === "STORE_CORRUPT");
  assert.equal((await contents(store)).size, 3);
  const { damaged, missing } = await store.verify();
  assert.deepEqual(
    [...damaged, ...missing].map(({ cid }) => cid),
    [root.cid, root.cid],
  );
  await collectLater(store);
});

test("beside puts of other processes nothing of theirs is removed, with no grace at all", async () => {
  const store = aStore();
  const users = Array.from({ length: 3 }, () => aUser(store, "trees", "40"));
  const ended = Promise.all(users.map((user) => new Promise((resolve) => user.on("exit", resolve))));
  const lines = Promise.all(users.map(linesOf));
  let isOver = false;
  void ended.then(() => (isOver = true));
  let removed = 0;
  let rounds = 0;
  for (; !isOver; rounds++) {
    await using collector = fsStore(store.directory);
    removed += (await collector.collectGarbage({ graceMs: 0 })).blocks;
  }
  assert.deepEqual(await ended, [0, 0, 0]);
  assert.deepEqual(
    (await lines).map((each) => each.length),
    [40, 40, 40],
  );
  await using last = fsStore(store.directory);
  removed += (await last.collectGarbage({ graceMs: 0 })).blocks;
  assert.ok(rounds > 3 && removed > 10, `${rounds} rounds removed ${removed} blocks`);
  const names = await last.names("tree/");
  assert.equal(names.length, 3);
  for await (const _ of walkDag(
    last,
    names.map(({ cid }) => cid),
  ));
  const { damaged, missing } = await last.verify();
  assert.deepEqual([damaged, missing], [[], []]);
});
