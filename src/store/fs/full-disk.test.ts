import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { YonderError } from "../../interface/errors.ts";
import { fsStore } from "./fs-store.ts";
import { placesOf } from "./places.ts";
import { aBlock, aFile, contents, putBlocks } from "./testing.ts";

/** A file system of 8 MB, where we may mount one. */
function smallDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "yonder-disk-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", directory]);
  after(() => {
    spawnSync("umount", [directory]);
    rmSync(directory, { recursive: true });
  });
  return status === 0 ? directory : undefined;
}

const disk = smallDisk();

test("a full disk is an error, leaves nothing half, and gc makes room again", {
  skip: disk === undefined,
}, async () => {
  await using store = fsStore(join(disk!, "store"));
  const isFull = (error: YonderError): boolean => error.code === "STORE_FULL" && /gc/.test(error.remedy!);
  const kept = aBlock(1000);
  await putBlocks(store, kept);
  await store.pin(kept.cid);
  const before = await contents(store);
  await assert.rejects(store.putFile(aFile(20_000_000)), isFull);
  assert.deepEqual(readdirSync(placesOf(store.directory).temporary), []);
  await assert.rejects(putBlocks(store, aBlock(9_000_000)), isFull);
  assert.deepEqual(await contents(store), before);
  // Blocks one by one until it is full: each is there or is not.
  const there = [];
  for (;;) {
    const block = aBlock(100_000);
    try {
      await putBlocks(store, block);
      there.push(block.cid);
    } catch (error) {
      assert.ok(isFull(error as YonderError), String(error));
      break;
    }
  }
  assert.ok(there.length > 30);
  assert.ok((await store.hasBlocks(there)).every(Boolean));
  assert.deepEqual((await store.verify()).damaged, []);
  await store.collectGarbage({ nowMs: Date.now() + 30 * 86_400_000 });
  assert.deepEqual(await contents(store), before);
  await putBlocks(store, aBlock(3_000_000));
});
