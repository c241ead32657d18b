import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { listDirectory } from "../unixfs/read-directory.ts";
import { collect } from "../unixfs/testing.ts";
import { aStore, scratch, settle } from "./testing.ts";

test("hidden files are left out when that is asked for, whatever was put of the directory before", async () => {
  await using store = aStore();
  const directory = scratch();
  mkdirSync(join(directory, ".git"));
  mkdirSync(join(directory, "sub"));
  for (const name of ["a", ".b", ".git/c", "sub/.d", "sub/e"]) writeFileSync(join(directory, name), name);
  await settle();
  const names = async (hidden: boolean): Promise<string[]> => {
    const { cid } = await store.putTree(directory, { hidden });
    return (await collect(listDirectory(store, cid))).map(({ name }) => name);
  };
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(await names(true), [".b", ".git", "a", "sub"]);
    assert.deepEqual(await names(false), ["a", "sub"]);
    const { files, unchangedFiles } = await store.putTree(directory, { hidden: false });
    assert.deepEqual([files, unchangedFiles], [2, 2]);
  }
});

test("what has been put is counted: known files, small and large ones", async () => {
  await using store = aStore();
  const directory = scratch();
  writeFileSync(join(directory, "small"), Buffer.alloc(1000));
  writeFileSync(join(directory, "large"), Buffer.alloc(3_000_000));
  await settle();
  for (let round = 0; round < 2; round++) {
    const progress = { files: 0, bytes: 0 };
    await store.putTree(directory, { progress });
    assert.deepEqual(progress, { files: 2, bytes: 3_001_000 });
    await store.putFile(join(directory, "large"), { progress });
    assert.deepEqual(progress, { files: 3, bytes: 6_001_000 });
  }
});
