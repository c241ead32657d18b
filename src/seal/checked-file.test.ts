import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkedFile, soundBytes } from "./checked-file.ts";
import { cutsOf, flipsOf } from "./testing.ts";

test("the file has what was appended, and no damage to it or to its sums goes unseen", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "yonder-checked-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "file");
  assert.equal(soundBytes(path), undefined);
  const file = checkedFile(path);
  const parts = ["one\n", "two\n", "\xff\n"];
  for (const part of parts) file.append(Buffer.from(part, "latin1"));
  file.close();
  const whole = readFileSync(path);
  assert.equal(whole.toString("latin1"), parts.join(""));
  assert.equal(soundBytes(path), whole.length);

  appendFileSync(path, "the beginning of a part");
  assert.equal(soundBytes(path), whole.length, "of a process that was killed between the two");
  for (const damages of [flipsOf(whole), cutsOf(whole)]) {
    for (const { what, bytes } of damages) {
      writeFileSync(path, bytes);
      assert.equal(soundBytes(path), "damaged", what);
    }
  }
  writeFileSync(path, whole);

  const sums = readFileSync(`${path}.sums`);
  const isEnd = (what: string): boolean => what.startsWith(`byte ${sums.length - 1} `);
  for (const { what, bytes } of flipsOf(sums)) {
    writeFileSync(`${path}.sums`, bytes);
    // Without its end the last line does not count, and its part with it.
    assert.equal(soundBytes(path), isEnd(what) ? 8 : "damaged", what);
  }
  for (const { what, bytes } of cutsOf(sums)) {
    writeFileSync(`${path}.sums`, bytes);
    assert.ok([0, 4, 8].includes(soundBytes(path) as number), what);
  }
});
