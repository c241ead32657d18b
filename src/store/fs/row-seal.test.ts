import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { YonderError } from "../../interface/errors.ts";
import type { ActionKey, Cid } from "../../interface/store.ts";
import { fsStore } from "./fs-store.ts";
import { rowSeal, withoutSeal, withSeal } from "./row-seal.ts";
import { sqlite } from "./sqlite.ts";
import { aFile, scratch } from "./testing.ts";

const KEYS = ["1", "2", "3"].map((digit) => digit.repeat(64) as ActionKey);

test("a row's checksum is of each field by itself", () => {
  assert.notEqual(rowSeal("a", "bc"), rowSeal("ab", "c"));
  assert.equal(rowSeal("a", 1), rowSeal("a", "1"));
  const sealed = withSeal(Buffer.from("value"), "key", "outputs");
  assert.deepEqual(withoutSeal(sealed, "key", "outputs"), Buffer.from("value"));
  assert.equal(withoutSeal(sealed, "kez", "outputs"), undefined);
  assert.equal(withoutSeal(Buffer.from("abc"), "key", "outputs"), undefined);
});

/** Bytes of the file that are not padding, each once another: of all places in a row in turn, of SQLite's own words some. */
async function damagedOnes(path: string, step: number, use: (what: string) => Promise<void>): Promise<void> {
  const whole = readFileSync(path);
  for (let at = 0; at < whole.length; at++) {
    if (whole[at] === 0 || at % (at < 4096 ? 101 : step) !== 0) continue;
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1 << (at % 8);
    writeFileSync(path, bytes);
    for (const suffix of ["-wal", "-shm"]) rmSync(path + suffix, { force: true });
    await use(`byte ${at}`);
  }
  writeFileSync(path, whole);
}

async function aStore(): Promise<{ directory: string; cids: Cid[] }> {
  const directory = scratch();
  await using store = fsStore(directory);
  const cids: Cid[] = [];
  for (const [index, key] of KEYS.entries()) {
    const { cid } = await store.putFile(aFile(1000 + index));
    await store.setName(`books/${index}`, cid);
    await store.pin(cid, `reason ${index}`);
    await store.putAction(key, { value: Buffer.from(`value ${index}`), outputs: [cid] });
    cids.push(cid);
  }
  return { directory, cids };
}

/** What it gives, or undefined where the store says that it is damaged. */
async function unlessDamaged<T>(act: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    assert.ok(error instanceof YonderError, String((error as Error).stack));
    assert.ok(["STORE_CORRUPT", "STORE_UNREACHABLE", "STORE_MISSING"].includes(error.code), error.message);
    assert.ok(error.remedy !== undefined);
    return undefined;
  }
}

test("no flip makes a name or a pin another, or gives what it keeps to the garbage", async () => {
  const { directory, cids } = await aStore();
  const kept = cids.map((cid, at) => `${cid} reason ${at}`).sort();
  await damagedOnes(join(directory, "roots.sqlite"), 3, async (what) => {
    await unlessDamaged(async () => {
      await using store = fsStore(directory);
      for (const [at, cid] of cids.entries()) {
        const found = await unlessDamaged(async () => ({ cid: await store.getName(`books/${at}`) }));
        if (found !== undefined) assert.equal(found.cid, cid, what);
      }
      const pins = await unlessDamaged(() => store.pins());
      if (pins !== undefined)
        assert.deepEqual(pins.map(({ cid, reason }) => `${cid} ${reason}`).sort(), kept);
      const later = { graceMs: 0, nowMs: Date.now() + 2 * 86_400_000 };
      await unlessDamaged(() => store.collectGarbage(later));
      assert.deepEqual(await store.hasBlocks(cids), [true, true, true], what);
    });
  });
});

test("no flip makes what an action gave another", async () => {
  const { directory, cids } = await aStore();
  await damagedOnes(join(directory, "actions.sqlite"), 3, async (what) => {
    const records = await unlessDamaged(async () => {
      await using store = fsStore(directory);
      return await store.getActions(KEYS);
    });
    for (const [index, record] of records?.entries() ?? []) {
      if (record === undefined) continue;
      assert.equal(Buffer.from(record.value).toString(), `value ${index}`, what);
      assert.deepEqual(record.outputs, [cids[index]], what);
    }
  });
});

test("no flip in the index gives a file, a directory or a block another content", async () => {
  const directory = scratch();
  const tree = scratch();
  const files = [1, 2, 3].map((index) => join(tree, `file${index}`));
  for (const file of files) writeFileSync(file, file.repeat(20));
  await sleep(50); // a file that was changed just now is not remembered
  const put = async (): Promise<Cid[]> => {
    await using store = fsStore(directory);
    const cids = [(await store.putTree(tree)).cid];
    for (const file of files) cids.push((await store.putFile(file)).cid);
    for (const cid of cids) await store.getBlock(cid);
    return cids;
  };
  const cids = await put();
  assert.deepEqual(await put(), cids);
  let sound = 0;
  await damagedOnes(join(directory, "index.sqlite"), 7, async (what) => {
    const found = await unlessDamaged(put);
    if (found !== undefined) assert.deepEqual(found, cids, what);
    if (found !== undefined) sound++;
  });
  assert.ok(sound > 0);
});

test("a store of a version without checksums is read, and has them from then on", async () => {
  const { directory, cids } = await aStore();
  const db = new (sqlite().DatabaseSync)(join(directory, "roots.sqlite"));
  db.exec("alter table pins drop column crc; alter table names drop column crc");
  db.close();
  await using store = fsStore(directory);
  assert.equal(await store.getName("books/1"), cids[1]);
  assert.equal((await store.pins()).length, 3);
  await store.setName("books/new", cids[0]!);
  assert.equal((await store.names()).length, 4);
});
