import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { countedRows } from "./counted.ts";
import { rowSpool } from "./row-spool.ts";
import { file, openPlain, plus, readAll, stdinOf, values } from "./testing.ts";

const numbers = Array.from({ length: 5000 }, (_, index) => String(index));
const stdin = stdinOf(`${numbers.join("\n")}\n`);

test("total counts what was read and what was not, and loses none", async () => {
  const reader = openPlain({ stdin });
  const first = await reader.read(7);
  assert.equal(await reader.total(), 5000);
  assert.deepEqual([...first, ...(await readAll(reader, 100))].flat(), numbers);
  assert.equal(await reader.total(), 5000);
});

test("total of a product, of linked sources, and of sources that share standard input", async () => {
  const product = openPlain({ sources: [values("a", "b"), file("-"), plus(values("x", "y"))], stdin });
  assert.equal(await product.total(), 4);
  assert.equal((await readAll(product)).length, 4);
  assert.equal(await openPlain({ sources: [values("a", "b"), file("-")], stdin }).total(), 10_000);
  assert.equal(await openPlain({ sources: [values("a", "b"), file("-")], stdin, link: true }).total(), 5000);
  assert.equal(await openPlain({ sources: [values(), values()] }).total(), 0);
  assert.equal(await openPlain({ sources: [file("-"), file("-")], stdin, link: true }).total(), 2500);
});

test("rows may be read while they are being counted", { timeout: 5000 }, async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Buffer> {
    yield Buffer.from("1\n2\n");
    await promise;
    yield Buffer.from("3\n");
  }
  const reader = openPlain({ stdin: slow });
  const total = reader.total();
  assert.deepEqual(await reader.read(10), [["1"], ["2"]]);
  resolve();
  assert.deepEqual(await reader.read(10), [["3"]]);
  assert.deepEqual(await reader.read(10), []);
  assert.equal(await total, 3);
});

test("a spool keeps order and bytes on their way through its file", async () => {
  const spool = rowSpool(tmpdir(), 200);
  const rows = Array.from({ length: 50 }, (_, index) => [`\xff\n"${index}`, ""]);
  const read: unknown[] = [];
  for (let index = 0; index < 50; index += 5) {
    spool.push(rows.slice(index, index + 5));
    read.push(...spool.read(2));
  }
  for (let batch = spool.read(7); batch.length > 0; batch = spool.read(7)) read.push(...batch);
  assert.deepEqual(read, rows);
  spool.close();
});

test("an error while counting reaches total and read", async () => {
  const failing = countedRows({ read: () => Promise.reject(new Error("gone")) }, () => rowSpool(tmpdir()));
  const total = failing.total();
  await assert.rejects(async () => await failing.read(1), /gone/);
  await assert.rejects(total, /gone/);
});
