import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { tee } from "./spool.ts";
import { stdinOf } from "./testing.ts";

test("what was passed on is in the file, also where the reader stops early", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "tee-test-")), "stdin");
  for await (const chunk of tee(stdinOf("a\xff\n", "b\n", "c\n")(), path)) {
    assert.ok(readFileSync(path, "latin1").endsWith(chunk.toString("latin1")));
    if (chunk.toString() === "b\n") break;
  }
  assert.equal(readFileSync(path, "latin1"), "a\xff\nb\n");
});

test("a file that cannot be written is a YonderError", async () => {
  const chunks = tee(stdinOf("a")(), "/nonexistent/file")[Symbol.asyncIterator]();
  await assert.rejects(chunks.next(), /Cannot keep standard input/);
});
