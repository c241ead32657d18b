import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isOpen, parseCsv } from "./csv.ts";

test("fields survive being quoted and parsed, whatever bytes they hold", () => {
  const byte = fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code));
  const unit = fc.oneof(byte, fc.constantFrom('"', ",", "\n"));
  fc.assert(
    fc.property(fc.array(fc.string({ unit }), { minLength: 1 }), (fields) => {
      const record = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",");
      assert.ok(!isOpen(record));
      assert.deepEqual(parseCsv(record, ","), fields);
    }),
  );
});

test("a quote belongs at the border of a field, or doubled inside", () => {
  assert.deepEqual(parseCsv('a,"",,"b""c"', ","), ["a", "", "", 'b"c']);
  for (const bad of ['a"b"', '"a"b', ' "a"', '"a" ,b', '"b\\"c"d"'])
    assert.equal(parseCsv(bad, ","), undefined, bad);
  assert.ok(isOpen('a,"b'));
});
