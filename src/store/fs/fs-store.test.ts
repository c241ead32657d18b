import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { YonderError } from "../../interface/errors.ts";
import { cidOf } from "../cid.ts";
import { buildFile } from "../unixfs/build-file.ts";
import { readFile } from "../unixfs/read-file.ts";
import { fsStore } from "./fs-store.ts";
import { objectPath, packPath, placesOf, storeDirectory } from "./places.ts";
import { aBlock, aFile, aStore, contents, putBlocks, scratch, settle } from "./testing.ts";

const SIZES = [0, 1, 1000, 65_536, 65_537, 300_000, 1_048_576, 1_048_577, 5_000_000];

test("a file of any size has the CID that its content has, and can be read", async () => {
  await using store = aStore();
  for (const size of SIZES) {
    for (const profile of ["unixfs-v1-2025", "kubo-cidv1"] as const) {
      const bytes = randomBytes(size);
      const { cid, sizeBytes, dagBytes } = await store.putFile(aFile(bytes), { profile });
      const expected = await buildFile([bytes], () => {}, profile);
      assert.deepEqual({ cid, dagBytes }, { cid: expected.cid, dagBytes: expected.dagBytes });
      assert.equal(sizeBytes, size);
      const pieces: Uint8Array[] = [];
      for await (const piece of readFile(store, cid)) pieces.push(piece);
      assert.ok(Buffer.concat(pieces).equals(bytes), `${size} bytes`);
    }
  }
  assert.deepEqual((await store.verify()).damaged, []);
});

test("a file over 64 KiB is one read-only object, smaller ones share a pack", async () => {
  await using store = aStore();
  const places = placesOf(store.directory);
  const large = await store.putFile(aFile(70_000));
  for (let file = 0; file < 20; file++) await store.putFile(aFile(1000));
  assert.equal(statSync(objectPath(places, large.cid)).mode & 0o777, 0o444);
  assert.deepEqual(readdirSync(places.packs), ["00000001.car"]);
  assert.deepEqual(readdirSync(places.temporary), []);
});

test("an unchanged file is not read again, a changed one is", async () => {
  await using store = aStore();
  for (const size of [1000, 300_000]) {
    const path = aFile(size);
    await settle();
    const first = await store.putFile(path);
    chmodSync(path, 0);
    await settle();
    chmodSync(path, 0o600);
    await settle();
    assert.equal((await store.putFile(path)).unchanged, false, "its inode has changed");
    assert.deepEqual(await store.putFile(path), { ...first, unchanged: true });
    const { mtime } = statSync(path);
    writeFileSync(path, randomBytes(size));
    utimesSync(path, mtime, mtime);
    const second = await store.putFile(path);
    assert.equal(second.unchanged, false, "same size and modification time, other content");
    assert.notEqual(second.cid, first.cid);
  }
});

test("a file that is written to again right after it was put is read again", async () => {
  await using store = aStore();
  const path = aFile(0);
  for (let turn = 0; turn < 200; turn++) {
    const bytes = randomBytes(16);
    writeFileSync(path, bytes);
    const { cid } = await store.putFile(path);
    assert.equal(cid, cidOf("raw", bytes), `turn ${turn}`);
  }
});

test("a file that changes while it is read is never stored under a wrong CID", async () => {
  await using store = aStore();
  const path = aFile(20_000_000);
  const timer = setInterval(() => appendFileSync(path, "more"), 1);
  try {
    await assert.rejects(store.putFile(path), (error: YonderError) => error.code === "INPUT");
  } finally {
    clearInterval(timer);
  }
  assert.deepEqual(readdirSync(placesOf(store.directory).temporary), []);
});

test("a tree has the CID of its content, whatever was put before", async () => {
  const directory = scratch();
  mkdirSync(join(directory, "sub/deep"), { recursive: true });
  for (let file = 0; file < 5; file++) writeFileSync(join(directory, `f${file}`), `content ${file}`);
  writeFileSync(join(directory, "sub/large"), Buffer.alloc(200_000, 7));
  writeFileSync(join(directory, "sub/deep/.hidden"), "");
  symlinkSync("../f1", join(directory, "sub/link"));
  await settle();
  await using store = aStore();
  const first = await store.putTree(directory);
  assert.deepEqual([first.files, first.sizeBytes, first.unchangedFiles], [7, 200_045, 0]);
  assert.deepEqual(await store.putTree(directory), { ...first, unchangedFiles: 7 });
  // A change deep inside changes all above it, and only what changed is read.
  writeFileSync(join(directory, "sub/deep/.hidden"), "now it has content");
  await settle();
  const second = await store.putTree(directory);
  assert.equal(second.unchangedFiles, 6);
  // The part alone, then the whole: what the whole remembers of the part is too old.
  writeFileSync(join(directory, "sub/deep/.hidden"), "other content");
  await settle();
  await store.putTree(join(directory, "sub/deep"));
  const third = await store.putTree(directory);
  await using fresh = aStore();
  assert.equal((await fresh.putTree(directory)).cid, third.cid);
  assert.equal(new Set([first.cid, second.cid, third.cid]).size, 3);
});

test("what a tree remembers does not count when the store has lost it", async () => {
  const directory = scratch();
  for (let file = 0; file < 5; file++) writeFileSync(join(directory, `f${file}`), `content ${file}`);
  await settle();
  await using store = aStore();
  const first = await store.putTree(directory);
  await store.deleteBlock(first.cid);
  assert.equal((await store.putTree(directory)).unchangedFiles, 0);
  assert.ok(await store.getBlock(first.cid));
});

test("something that is no file is refused", async () => {
  await using store = aStore();
  const refused = (path: string): Promise<void> =>
    assert.rejects(
      store.putFile(path),
      (error: YonderError) => error.code === "INPUT" && error.remedy !== "",
    );
  await refused("/dev/null");
  await refused(scratch());
  await refused(join(scratch(), "missing"));
});

const isCorrupt = (error: YonderError): boolean => error.code === "STORE_CORRUPT";

test("a whole file to which something was appended is damaged, not staged with it", async () => {
  await using store = aStore();
  const { cid } = await store.putFile(aFile(200_000));
  const object = objectPath(placesOf(store.directory), cid);
  chmodSync(object, 0o600);
  appendFileSync(object, "more");
  await assert.rejects(store.stageFile(cid, join(scratch(), "copy")), isCorrupt);
});

test("a staged file can be written to without harm, a linked one is read-only", async () => {
  await using store = aStore();
  for (const size of [10, 300_000, 3_000_000]) {
    const source = aFile(size);
    const { cid } = await store.putFile(source);
    const copy = join(scratch(), "copy");
    await store.stageFile(cid, copy);
    assert.ok(readFileSync(copy).equals(readFileSync(source)));
    appendFileSync(copy, "more");
    const link = join(scratch(), "link");
    await store.stageFile(cid, link, { link: true });
    assert.equal(statSync(link).nlink, size > 65_536 ? 2 : 1);
    await assert.rejects(store.stageFile(cid, link), (error: YonderError) => error.code === "OUTPUT");
    assert.ok(readFileSync(link).equals(readFileSync(source)));
  }
  assert.deepEqual((await store.verify()).damaged, []);
});

test("an object that somebody has written to is noticed, and mended by the next put", async () => {
  await using store = aStore();
  for (const size of [100_000, 3_000_000]) {
    const source = aFile(size);
    await settle();
    const { cid } = await store.putFile(source);
    const path = objectPath(placesOf(store.directory), cid);
    chmodSync(path, 0o644);
    const bytes = readFileSync(path);
    bytes[size - 5]! ^= 1;
    writeFileSync(path, bytes);
    await assert.rejects(store.stageFile(cid, join(scratch(), "copy")), isCorrupt);
    await assert.rejects(store.getBlock(cid), isCorrupt);
    assert.deepEqual(await store.hasBlocks([cid]), [false]);
    const again = await store.putFile(source);
    assert.deepEqual([again.cid, again.unchanged], [cid, false]);
    await store.stageFile(cid, join(scratch(), "copy"));
    assert.deepEqual((await store.verify()).damaged, []);
  }
});

test("a damaged block in a pack is an error, and mended by the next put", async () => {
  await using store = aStore();
  const blocks = [aBlock(), aBlock(), aBlock()];
  await putBlocks(store, ...blocks);
  const pack = packPath(placesOf(store.directory), 1);
  const bytes = readFileSync(pack);
  bytes[bytes.indexOf(blocks[1]!.bytes) + 3]! ^= 0x80;
  writeFileSync(pack, bytes);
  const { damaged } = await store.verify();
  assert.deepEqual(
    damaged.map(({ cid }) => cid),
    [blocks[1]!.cid],
  );
  await assert.rejects(
    store.getBlock(blocks[1]!.cid),
    (error: YonderError) => error.code === "STORE_CORRUPT",
  );
  await putBlocks(store, blocks[1]!);
  assert.ok(Buffer.from(await store.getBlock(blocks[1]!.cid)).equals(blocks[1]!.bytes));
});

test("what one process has mended is whole for another that had found it damaged", async () => {
  const store = aStore();
  const source = aFile(300_000);
  const { cid } = await store.putFile(source);
  await using other = fsStore(store.directory);
  await other.getBlock(cid);
  const path = objectPath(placesOf(store.directory), cid);
  chmodSync(path, 0o644);
  writeFileSync(path, Buffer.alloc(300_000, 1));
  const { damaged } = await store.verify();
  assert.equal(damaged.length, 1);
  await store.putFile(source);
  await other.getBlock(cid);
  await store[Symbol.asyncDispose]();
});

test("a missing object is damage, not an internal error", async () => {
  const store = aStore();
  const { cid } = await store.putFile(aFile(100_000));
  const { unlinkSync } = await import("node:fs");
  unlinkSync(objectPath(placesOf(store.directory), cid));
  await store[Symbol.asyncDispose]();
  await using again = fsStore(store.directory);
  await assert.rejects(again.getBlock(cid), (error: YonderError) => error.code === "STORE_CORRUPT");
});

test("after a restart of the machine, what had not reached the disk is forgotten", async () => {
  const store = aStore();
  const [kept, lost] = [aBlock(), aBlock()];
  await putBlocks(store, kept);
  const keptFile = await store.putFile(aFile(100_000));
  await store.flush();
  await putBlocks(store, lost);
  const lostFile = await store.putFile(aFile(100_000));
  await store[Symbol.asyncDispose]();
  const places = placesOf(store.directory);
  const pack = packPath(places, 1);
  truncateSync(pack, statSync(pack).size - 10);
  chmodSync(objectPath(places, lostFile.cid), 0o644);
  truncateSync(objectPath(places, lostFile.cid), 0);
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const db = new DatabaseSync(places.index);
  db.exec("update meta set value = 'another boot'");
  db.close();
  await using again = fsStore(store.directory);
  const cids = [kept.cid, keptFile.cid, lost.cid, lostFile.cid];
  assert.deepEqual(await again.hasBlocks(cids), [true, true, false, false]);
  await putBlocks(again, lost);
  assert.deepEqual((await again.verify()).damaged, []);
});

test("the index is built again from objects and packs", async () => {
  const store = aStore();
  await putBlocks(store, ...Array.from({ length: 50 }, () => aBlock(3000)));
  for (const profile of ["unixfs-v1-2025", "kubo-cidv1"] as const) {
    await store.putFile(aFile(3_000_000), { profile });
    await store.putFile(aFile(80_000), { profile });
  }
  const before = await contents(store);
  await store[Symbol.asyncDispose]();
  const { discardIndex } = await import("./discard-index.ts");
  discardIndex(store.directory);
  await using again = fsStore(store.directory);
  assert.deepEqual(await contents(again), before);
  assert.deepEqual((await again.verify()).damaged, []);
});

test("an index that is no database is an error that says what to do", async () => {
  const directory = scratch();
  writeFileSync(join(directory, "index.sqlite"), "not a database".repeat(1000));
  await using store = fsStore(directory);
  await assert.rejects(
    store.hasBlocks([]),
    (error: YonderError) => error.code === "STORE_CORRUPT" && /verify --rebuild/.test(error.remedy!),
  );
});

test("the default directory follows the XDG specification", () => {
  assert.equal(storeDirectory({ HOME: "/h" }), "/h/.local/share/yonder/store");
  assert.equal(storeDirectory({ HOME: "/h", XDG_DATA_HOME: "/data" }), "/data/yonder/store");
  assert.equal(storeDirectory({ XDG_DATA_HOME: "/data", YONDER_STORE: "/s" }), "/s");
});

test("a directory that cannot be a store is an error that says so", async () => {
  for (const directory of ["/proc/nobody/store", "/dev/null/store"]) {
    await using store = fsStore(directory);
    await assert.rejects(
      store.pins(),
      (error: YonderError) => error.code === "STORE_UNREACHABLE" && /YONDER_STORE/.test(error.remedy!),
    );
  }
});
