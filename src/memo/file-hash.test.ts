import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ActionCache } from "../interface/store.ts";
import { aStore, scratch, settle } from "../store/fs/testing.ts";
import { fileHasher } from "./file-hash.ts";

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

test("files count by content, however long; what is no file has no hash", async () => {
  await using store = aStore();
  const directory = scratch();
  const long = Buffer.alloc(3 * 2 ** 20 + 1, "long");
  writeFileSync(join(directory, "short"), "short");
  writeFileSync(join(directory, "empty"), "");
  writeFileSync(join(directory, "long"), long);
  mkdirSync(join(directory, "folder"));
  const names = ["short", "missing", "long", "folder", "empty", "short/below"];
  assert.deepEqual(await fileHasher(store).hash(names.map((name) => join(directory, name))), [
    sha256("short"),
    undefined,
    sha256(long),
    undefined,
    sha256(""),
    undefined,
  ]);
});

test("an unchanged file is read once, by whichever process; one that was written to is read again", async () => {
  await using store = aStore();
  const puts: string[] = [];
  const counted: ActionCache = {
    ...store,
    putAction: (key, record) => {
      puts.push(key);
      return store.putAction(key, record);
    },
  };
  const path = join(scratch(), "file");
  writeFileSync(path, "one");
  await settle();
  for (let look = 0; look < 3; look++) {
    assert.deepEqual(await fileHasher(counted).hash([path]), [sha256("one")]);
  }
  assert.equal(puts.length, 1, "read once");
  // As long as before, and with its times set back.
  writeFileSync(path, "two");
  utimesSync(path, 1, 1);
  assert.deepEqual(await fileHasher(counted).hash([path]), [sha256("two")]);
});

test("a file that was written a moment ago is not remembered: it may change once more without a trace", async () => {
  await using store = aStore();
  const path = join(scratch(), "file");
  for (let round = 0; round < 20; round++) {
    writeFileSync(path, `content ${round % 10}`);
    assert.deepEqual(await fileHasher(store).hash([path]), [sha256(`content ${round % 10}`)]);
  }
});
