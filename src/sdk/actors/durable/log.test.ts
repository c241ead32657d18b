import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { crc32 } from "../../../seal/crc32.ts";
import { framesIn } from "../../../seal/frame.ts";
import { flipsOf } from "../../../seal/testing.ts";
import { openLog } from "./log.ts";

let directory = "";
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "yonder-log-"))));
afterEach(() => rmSync(directory, { recursive: true }));

const call = (k: number) => ({ method: "add", args: [k] });
const numbersOf = (after: number, saved = after): number[] =>
  openLog(directory, saved)
    .read(after)
    .map(({ number }) => number);

test("what was appended is read again, by another process too", () => {
  const log = openLog(directory, 0);
  log.append([call(1), call(2)]);
  log.append([{ method: "put", args: [new Map([["a", new Uint8Array([1])]])] }]);
  log.close();
  assert.deepEqual(openLog(directory, 0).read(0), [
    { number: 1, method: "add", args: [1] },
    { number: 2, method: "add", args: [2] },
    { number: 3, method: "put", args: [new Map([["a", new Uint8Array([1])]])] },
  ]);
});

test("a record that was cut off anywhere was never there, and is written over", () => {
  const log = openLog(directory, 0);
  log.append([call(1)]);
  const whole = statSync(join(directory, "calls.1")).size;
  log.append([call(2)]);
  log.close();
  for (let size = statSync(join(directory, "calls.1")).size - 1; size >= whole; size--) {
    truncateSync(join(directory, "calls.1"), size);
    assert.deepEqual(numbersOf(0), [1]);
  }
  const again = openLog(directory, 0);
  again.append([call(3)]);
  again.close();
  assert.deepEqual(
    openLog(directory, 0)
      .read(0)
      .map(({ args }) => args[0]),
    [1, 3],
  );
});

test("the first record of a segment cut off", () => {
  appendFileSync(join(directory, "calls.1"), "abc");
  const log = openLog(directory, 0);
  log.append([call(1)]);
  log.close();
  assert.deepEqual(numbersOf(0), [1]);
});

test("what a checkpoint holds is forgotten, a segment at a time", () => {
  const log = openLog(directory, 0);
  log.append([call(1), call(2)]);
  log.forget(0);
  log.append([call(3)]);
  log.append([call(4)]);
  log.forget(3);
  assert.deepEqual(readdirSync(directory), ["calls.3"]);
  assert.deepEqual(
    log.read(3).map(({ number }) => number),
    [4],
  );
  log.append([call(5)]);
  log.forget(5);
  assert.deepEqual(readdirSync(directory), []);
  assert.equal(openLog(directory, 5).last, 5);
  log.append([call(6)]);
  log.close();
  assert.deepEqual(numbersOf(5), [6]);
});

test("a call that was undone is not read, and its number is not used again", () => {
  const log = openLog(directory, 0);
  log.append([call(1), call(2)]);
  log.undo(2);
  log.close();
  const again = openLog(directory, 0);
  assert.equal(again.last, 2);
  again.append([call(3)]);
  again.close();
  assert.deepEqual(numbersOf(0), [1, 3]);
});

test("an undone call stays so when the log is opened twice before the next call", () => {
  const log = openLog(directory, 0);
  log.append([call(1)]);
  log.close();
  for (let time = 0; time < 2; time++) {
    const other = openLog(directory, 0);
    if (time === 0) other.undo(1);
    else other.append([call(2)]);
    other.close();
  }
  assert.deepEqual(numbersOf(0), [2]);
});

test("a gap is damage", () => {
  const log = openLog(directory, 0);
  for (const k of [1, 2, 3]) {
    log.append([call(k)]);
    log.forget(0);
  }
  unlinkSync(join(directory, "calls.2"));
  assert.throws(() => openLog(directory, 0), { code: "STORE_CORRUPT", message: /lacks call 2/ });
});

test("no damage takes a call away in silence, or makes another of it", () => {
  const log = openLog(directory, 0);
  for (const k of [1, 2, 3]) log.append([call(k), call(10 * k)]);
  log.undo(2);
  log.close();
  const path = join(directory, "calls.1");
  const whole = readFileSync(path);
  const remedy = /^put its directory back from a backup, or give these calls up: truncate -s \d+ /;
  for (const { what, bytes } of flipsOf(whole)) {
    writeFileSync(path, bytes);
    assert.throws(() => openLog(directory, 0), { code: "STORE_CORRUPT", remedy }, what);
  }
  writeFileSync(path, whole);
  assert.deepEqual(numbersOf(0), [1, 3, 4, 5, 6]);
});

test("a log of a version whose lengths had no checksum is read, and goes on in a file of the new kind", () => {
  const log = openLog(directory, 0);
  log.append([call(1)]);
  log.append([call(2)]);
  log.close();
  // The same records, but for the checksum of their heads.
  const { bodies } = framesIn(readFileSync(join(directory, "calls.1")));
  const old = bodies.map((body) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(body.length, 0);
    head.writeUInt32LE(crc32(body), 4);
    return Buffer.concat([head, body]);
  });
  unlinkSync(join(directory, "calls.1"));
  writeFileSync(join(directory, "log.1"), Buffer.concat(old));
  const again = openLog(directory, 0);
  again.append([call(3)]);
  assert.deepEqual(numbersOf(0), [1, 2, 3]);
  again.forget(2);
  again.close();
  assert.deepEqual(readdirSync(directory), ["calls.3"]);
  writeFileSync(join(directory, "log.1"), Buffer.concat(old).fill("x", 10, 12));
  assert.throws(() => openLog(directory, 0), { code: "STORE_CORRUPT" });
});
