import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { YonderError } from "../../interface/errors.ts";
import type { ActionKey } from "../../interface/store.ts";
import { type FsStore, fsStore } from "./fs-store.ts";
import { aFile, scratch } from "./testing.ts";

const KEYS = Array.from({ length: 300 }, (_, at) => at.toString(16).padStart(64, "0") as ActionKey);

test("pins, names and actions cannot be built again: their damage has another remedy, which helps", async () => {
  for (const [name, remedy] of [
    ["roots", /pins and names are in no other file.*move it away .*roots\.sqlite/],
    ["actions", /move it away .*actions\.sqlite.*worked out again/],
  ] as const) {
    for (const from of [0, 4096]) {
      const directory = scratch();
      const store = fsStore(directory);
      const { cid } = await store.putFile(aFile(1000));
      await Promise.all(KEYS.map((key) => store.setName(key, cid)));
      await Promise.all(KEYS.map((key) => store.putAction(key, { value: Buffer.alloc(20), outputs: [cid] })));
      await store[Symbol.asyncDispose]();
      const path = join(directory, `${name}.sqlite`);
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.fill(0x55, from));
      {
        await using damaged = fsStore(directory);
        await assert.rejects(readAll(damaged), (error: YonderError) => {
          assert.equal(error.code, "STORE_CORRUPT");
          assert.ok(error.message.startsWith(`${name}.sqlite of the store ${directory} is damaged`));
          assert.match(error.remedy!, remedy);
          assert.doesNotMatch(error.remedy!, /rebuild/);
          return true;
        });
      }
      for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
      await using again = fsStore(directory);
      await readAll(again);
      assert.deepEqual(await again.hasBlocks([cid]), [true]);
    }
  }
});

/** Uses all of a store that is not its index. */
async function readAll(store: FsStore): Promise<void> {
  await store.pins();
  await store.names();
  await store.getActions(KEYS);
}
