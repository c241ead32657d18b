import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Ref } from "../kinds/function/ref.ts";
import { fsStore } from "../store/fs/fs-store.ts";
import { connect } from "./connect.ts";
import * as tasks from "./testing/tasks.ts";

const SIZE = 2 ** 20;
const directory = mkdtempSync(join(tmpdir(), "yonder-values-"));
process.env["YONDER_STORE"] = directory;
after(() => rmSync(directory, { recursive: true, force: true }));

const options = { threads: 2, journal: false, valuesBytesMax: 2 * SIZE } as const;

/** Waits until so much has moved out. */
async function settled(bytes: number): Promise<void> {
  for (let tries = 0; tries < 1000 && storedBytes() < bytes; tries++) await sleep(10);
  assert.ok(storedBytes() >= bytes, `${storedBytes()} bytes are in the store`);
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

function storedBytes(): number {
  let bytes = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && /objects|packs/.test(entry.parentPath))
      bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

test("large results beyond the bound move to the store and come back, to be read or to be an argument", async () => {
  await using y = await connect(options);
  const refs: Ref<Uint8Array>[] = [];
  for (let n = 0; n < 10; n++) {
    refs.push(y.run(tasks.bytes, SIZE, n));
    await refs.at(-1);
  }
  await settled(8 * SIZE);
  // Memory of arrays is given back in the background.
  let held = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 100 && held >= 6 * SIZE; tries++) {
    collectGarbage();
    await sleep(20);
    held = process.memoryUsage().arrayBuffers;
  }
  assert.ok(held < 6 * SIZE, `${held / SIZE} of 10 results are in memory`);
  assert.equal(await y.run(tasks.total, refs[1]!), SIZE);
  assert.equal((await refs[2]!)[SIZE - 1], 2);
  assert.deepEqual(
    await y.get(refs.map((ref) => y.run(tasks.total, ref))),
    refs.map((_, n) => n * SIZE),
  );
});

test("a result that the store has lost is computed again from its arguments, where its task is pure", async () => {
  await using y = await connect(options);
  const make = async (more: { pure?: boolean }): Promise<Ref<Uint8Array>[]> => {
    const refs: Ref<Uint8Array>[] = [];
    for (let n = 0; n < 10; n++) {
      const seed = y.run(tasks.add, more.pure === false ? 200 : 100, n);
      refs.push(y.with(more).run(tasks.bytes, SIZE, seed));
      await refs.at(-1);
    }
    return refs;
  };
  const storedBefore = storedBytes();
  const [pure, impure] = [await make({}), await make({ pure: false })];
  await settled(storedBefore + 17 * SIZE);
  await sleep(500);
  await using store = fsStore(directory);
  for await (const { cid } of store.listBlocks()) await store.deleteBlock(cid);
  assert.equal((await pure[3]!)[0], 103);
  assert.equal(await y.run(tasks.total, pure[4]!), 104 * SIZE);
  await assert.rejects(impure[3]!, { code: "VALUE_LOST" });
  await assert.rejects(y.run(tasks.total, impure[4]!), { code: "VALUE_LOST" });
});
