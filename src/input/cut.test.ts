import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cutter } from "./cut.ts";
import { decodeDelimiter } from "./delimiter.ts";

function cutChunks(delimiter: string, chunks: readonly string[]): string[] {
  const cut = cutter(delimiter);
  const records = chunks.flatMap((chunk) => cut.push(Buffer.from(chunk, "latin1")));
  return [...records, ...cut.end()];
}

const letters = fc.constantFrom("a", "b", "\n", "\0", "\xff");
const chunkLists = fc.array(fc.string({ unit: letters, maxLength: 8 }), { maxLength: 8 });
const delimiters = fc.string({ unit: letters, minLength: 1, maxLength: 3 });

test("records do not depend on where chunks end", () => {
  fc.assert(
    fc.property(delimiters, chunkLists, (delimiter, chunks) => {
      const expected = chunks.join("").split(delimiter);
      // What stands after the last delimiter is a record only where there is something.
      if (expected.at(-1) === "") expected.pop();
      assert.deepEqual(cutChunks(delimiter, chunks), expected);
    }),
  );
});

test("every byte string survives being joined and cut", () => {
  const byte = fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code));
  fc.assert(
    fc.property(fc.array(fc.string({ unit: byte })), (records) => {
      assert.deepEqual(cutChunks("\0", [records.map((record) => `${record}\0`).join("")]), records);
    }),
  );
});

test("an empty delimiter is perl's paragraph mode", () => {
  assert.deepEqual(cutChunks("", ["\n\na\nb\n", "\n\nc\n"]), ["a\nb", "c"]);
  fc.assert(
    fc.property(chunkLists, (chunks) => {
      const text = chunks.join("").replace(/^\n+|\n+$/g, "");
      assert.deepEqual(cutChunks("", chunks), text === "" ? [] : text.split(/\n\n+/));
    }),
  );
});

test("escapes of delimiters", () => {
  const decoded = ["\\0", "\\n", "\\t", "\\054", "\\x2c", "a\\r\\n", "\\\\", "\\q", "\\", "END"].map(
    decodeDelimiter,
  );
  assert.deepEqual(decoded, ["\0", "\n", "\t", ",", ",", "a\r\n", "\\", "\\q", "\\", "END"]);
});
