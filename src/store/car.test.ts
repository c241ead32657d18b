import assert from "node:assert/strict";
import { test } from "node:test";
import { CarReader, CarWriter } from "@ipld/car";
import fc from "fast-check";
import { YonderError } from "../interface/errors.ts";
import type { BlockStore, Cid } from "../interface/store.ts";
import { exportCar, importCar } from "./car.ts";
import { cidOf } from "./cid.ts";
import { memoryStore } from "./memory.ts";
import type { Block } from "./unixfs/block.ts";
import { buildDirectory } from "./unixfs/build-directory.ts";
import { buildFile } from "./unixfs/build-file.ts";
import { collect, seededBytes } from "./unixfs/testing.ts";

/** A directory of a large file, the same again, and a small one. */
async function sample(store: BlockStore): Promise<Cid> {
  const put = (block: Block) => store.putBlock(block.cid, block.bytes);
  const large = await buildFile(seededBytes(2_500_000, "car"), put);
  const small = await buildFile([Buffer.from("small")], put);
  const blocks: Block[] = [];
  const entries = [
    { ...large, name: "a" },
    { ...large, name: "b" },
    { ...small, name: "c" },
  ];
  const root = buildDirectory(entries, (block) => blocks.push(block));
  for (const block of blocks) await put(block);
  return root.cid;
}

async function carOf(store: BlockStore, roots: readonly Cid[]): Promise<Buffer> {
  return Buffer.concat(await collect(exportCar(store, roots)));
}

async function* cut(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

test("@ipld/car reads what we write: the same roots, and each block once, parents first", async () => {
  const store = memoryStore();
  const root = await sample(store);
  const reader = await CarReader.fromBytes(await carOf(store, [root]));
  assert.deepEqual((await reader.getRoots()).map(String), [root]);
  const cids: string[] = [];
  for await (const { cid, bytes } of reader.blocks()) {
    cids.push(cid.toString());
    assert.deepEqual(Buffer.from(await store.getBlock(cid.toString() as Cid)), Buffer.from(bytes));
  }
  assert.equal(cids[0], root);
  assert.equal(cids.length, 6, "directory, file, three leaves, small file");
  assert.equal(new Set(cids).size, 6);
});

test("we read what @ipld/car writes", async () => {
  const store = memoryStore();
  const root = await sample(store);
  const theirs = await CarReader.fromBytes(await carOf(store, [root]));
  const { writer, out } = CarWriter.create(await theirs.getRoots());
  const written = collect(out);
  for await (const block of theirs.blocks()) await writer.put(block);
  await writer.close();
  const copy = memoryStore();
  const imported = await importCar(copy, cut(Buffer.concat(await written), 1000));
  assert.deepEqual(imported.roots, [root]);
  assert.equal(imported.blocks, 6);
  assert.deepEqual(await carOf(copy, [root]), await carOf(store, [root]));
});

test("whatever goes out comes in again: any blocks, any number of roots, any pieces", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.uint8Array({ maxLength: 300 }), { maxLength: 30, selector: String }),
      fc.integer({ min: 1, max: 500 }),
      async (contents, pieceBytes) => {
        const store = memoryStore();
        const roots = contents.map((bytes) => cidOf("raw", bytes));
        for (const [index, root] of roots.entries()) await store.putBlock(root, contents[index]!);
        const copy = memoryStore();
        const imported = await importCar(copy, cut(await carOf(store, roots), pieceBytes));
        assert.deepEqual(imported.roots, roots);
        for (const [index, root] of roots.entries())
          assert.deepEqual(await copy.getBlock(root), contents[index]);
      },
    ),
  );
  const many = Array.from({ length: 300 }, (_, index) => Buffer.from(`${index}`));
  const store = memoryStore();
  for (const bytes of many) await store.putBlock(cidOf("raw", bytes), bytes);
  const roots = many.map((bytes) => cidOf("raw", bytes));
  const car = await carOf(store, roots);
  assert.deepEqual((await (await CarReader.fromBytes(car)).getRoots()).map(String), roots);
});

test("a file that is cut off anywhere is refused, unless whole blocks are missing, which the file cannot show", async () => {
  const store = memoryStore();
  const contents = ["", "one", "two", "x".repeat(200)].map((text) => Buffer.from(text));
  for (const bytes of contents) await store.putBlock(cidOf("raw", bytes), bytes);
  const car = await carOf(
    store,
    contents.map((bytes) => cidOf("raw", bytes)),
  );
  let whole = 0;
  for (let length = 0; length < car.length; length++)
    await importCar(memoryStore(), cut(car.subarray(0, length), 7)).then(
      () => whole++,
      (error: unknown) => assert.ok(error instanceof YonderError && error.code === "INPUT", String(error)),
    );
  assert.equal(whole, contents.length, "behind the header and between blocks");
});

test("damage is refused, or was in nothing but the roots", async () => {
  const store = memoryStore();
  const bytes = Buffer.from("some content");
  const root = cidOf("raw", bytes);
  await store.putBlock(root, bytes);
  const car = await carOf(store, [root]);
  let refused = 0;
  for (let bit = 0; bit < car.length * 8; bit++) {
    const damaged = Buffer.from(car);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    const copy = memoryStore();
    const result = await importCar(copy, cut(damaged, 50)).catch((error: unknown) => error);
    if (result instanceof Error) {
      assert.ok(result instanceof YonderError, String(result));
      refused++;
    } else assert.deepEqual(Buffer.from(await copy.getBlock(root)), bytes);
  }
  assert.ok(refused > (car.length - 40) * 8, `${refused} of ${car.length * 8}`);
});

test("the links of dag-cbor blocks are followed", async () => {
  const store = memoryStore();
  const leaf = Buffer.from("leaf");
  const leafCid = cidOf("raw", leaf);
  await store.putBlock(leafCid, leaf);
  // The header of a CAR file is a dag-cbor block with links.
  const header = (await carOf(store, [leafCid])).subarray(1, 59);
  const root = cidOf("dag-cbor", header);
  await store.putBlock(root, header);
  const imported = await importCar(memoryStore(), cut(await carOf(store, [root]), 100));
  assert.equal(imported.blocks, 2);
});

test("a block that is missing ends the export with an error", async () => {
  const store = memoryStore();
  const root = await sample(store);
  await store.deleteBlock(cidOf("raw", Buffer.from("small")));
  await assert.rejects(carOf(store, [root]), { code: "STORE_MISSING" });
});
