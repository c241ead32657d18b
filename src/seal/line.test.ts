import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { crc32 as zlibCrc32 } from "node:zlib";
import { crc32 } from "./crc32.ts";
import { isBeginning, parseSealed, seal, unseal } from "./line.ts";
import { cutsOf, flipsOf, tailsOf } from "./testing.ts";
import { readSealed, writeSealed } from "./whole-file.ts";

const RECORD = { type: "total", tasks: 3, name: "caf\xc3\xa9" };
const LINE = seal(JSON.stringify(RECORD));

test("the checksum of a string is that of its bytes, and may go on from one of what came before", () => {
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7) & 0xff));
  const text = bytes.toString("latin1");
  assert.equal(crc32(text), zlibCrc32(bytes));
  for (const length of [0, 1, 100, 1023, 1024, 5000]) {
    assert.equal(crc32(bytes.subarray(0, length)), zlibCrc32(bytes.subarray(0, length)));
  }
  assert.equal(crc32(text.slice(10), crc32(text.slice(0, 10))), zlibCrc32(bytes));
  assert.equal(crc32(""), 0);
});

test("a sealed line is JSON with a field more, and what was sealed comes back", () => {
  const { crc, ...rest } = JSON.parse(LINE) as typeof RECORD & { crc: string };
  assert.deepEqual(rest, RECORD);
  assert.equal(
    crc,
    zlibCrc32(Buffer.from(JSON.stringify(RECORD).slice(0, -1), "latin1"))
      .toString(16)
      .padStart(8, "0"),
  );
  assert.equal(unseal(LINE), JSON.stringify(RECORD));
  assert.deepEqual(parseSealed(LINE), RECORD);
});

test("nothing else is taken for a sealed line, and of what is cut off only the beginning", () => {
  const bytes = Buffer.from(LINE, "latin1");
  for (const damages of [flipsOf(bytes), cutsOf(bytes), tailsOf(bytes)]) {
    for (const { what, bytes: damaged } of damages) {
      assert.equal(unseal(damaged.toString("latin1")), undefined, what);
      assert.equal(parseSealed(damaged.toString("latin1")), undefined, what);
    }
  }
  for (const { what, bytes: cut } of cutsOf(bytes)) assert.ok(isBeginning(cut.toString("latin1")), what);
  assert.ok(isBeginning(LINE));
  for (const { what, bytes: more } of tailsOf(bytes)) assert.ok(!isBeginning(more.toString("latin1")), what);
});

test("what has no seal is taken only where a version before it may have written it", () => {
  const old = JSON.stringify(RECORD);
  assert.equal(unseal(old), undefined);
  assert.equal(unseal(old, true), old);
  assert.equal(unseal(LINE.replace("3", "4"), true), undefined, "a seal counts always");
  assert.deepEqual(
    parseSealed(old, (json) => (json as typeof RECORD).tasks === 3),
    RECORD,
  );
  assert.equal(
    parseSealed(old, (json) => (json as typeof RECORD).tasks === 4),
    undefined,
  );
});

test("a whole file, and every damage to it", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "yonder-seal-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "file");
  assert.equal(readSealed(file), undefined);
  writeSealed(file, JSON.stringify(RECORD));
  assert.deepEqual(readSealed(file), RECORD);
  const bytes = Buffer.from(`${LINE}\n`, "latin1");
  for (const damages of [flipsOf(bytes), cutsOf(bytes), tailsOf(bytes)]) {
    for (const { what, bytes: damaged } of damages) {
      writeFileSync(file, damaged);
      assert.equal(readSealed(file), undefined, what);
    }
  }
});
