import assert from "node:assert/strict";
import { test } from "node:test";
import { lackOf } from "./output-loss.ts";

test("a disk lacks what it counts and has none of", () => {
  const room = { blocks: 100, bavail: 9, files: 50, ffree: 5 };
  assert.equal(lackOf(room), undefined);
  assert.equal(lackOf({ ...room, bavail: 0 }), "bytes");
  assert.equal(lackOf({ ...room, ffree: 0 }), "files");
});

test("a file system that does not count is not full", () => {
  assert.equal(lackOf({ blocks: 0, bavail: 0, files: 0, ffree: 0 }), undefined);
  assert.equal(lackOf({ blocks: 100, bavail: 9, files: 0, ffree: 0 }), undefined);
});
