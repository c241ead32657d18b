import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { tee } from "./spool.ts";
import { stdinOf } from "./testing.ts";

function spool(): string {
  return join(mkdtempSync(join(tmpdir(), "tee-test-")), "stdin");
}

test("what was passed on is in the file, also where the reader stops early", async () => {
  const path = spool();
  let seen = "";
  let isWhole = false;
  for await (const chunk of tee(stdinOf("a\xff\n", "b\n", "c\n", "d\n")(), path, () => (isWhole = true))) {
    seen += chunk.toString("latin1");
    assert.ok(readFileSync(path, "latin1").startsWith(seen));
    if (seen.endsWith("b\n")) break;
  }
  assert.ok("a\xff\nb\nc\n".startsWith(readFileSync(path, "latin1")));
  assert.equal(isWhole, false);
});

test("the end is told as soon as it is there, while the last chunk is still in work", async () => {
  const path = spool();
  const { promise: ended, resolve } = Promise.withResolvers<number>();
  for await (const chunk of tee(stdinOf("ab\n", "c\n")(), path, resolve)) {
    if (chunk.toString() === "c\n") assert.equal(await ended, 5);
  }
  assert.equal(readFileSync(path, "latin1"), "ab\nc\n");
});

test("a source that fails is told to the reader, after what came before", async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.from("a");
    throw new Error("torn");
  }
  const chunks = tee(failing(), spool(), () => assert.fail())[Symbol.asyncIterator]();
  assert.equal(String((await chunks.next()).value), "a");
  await new Promise(setImmediate);
  await assert.rejects(chunks.next(), /torn/);
});

test("a file that cannot be written is a YonderError", async () => {
  const chunks = tee(stdinOf("a")(), "/nonexistent/file", () => {})[Symbol.asyncIterator]();
  await assert.rejects(chunks.next(), /Cannot keep standard input/);
});
