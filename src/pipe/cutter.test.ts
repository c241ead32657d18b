import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createCutter } from "./cutter.ts";
import type { Block, BlockOptions } from "./options.ts";

/** The blocks of an input that comes in chunks of the given sizes, one after the other and round again. */
export async function cutAll(
  input: string,
  options: Partial<BlockOptions>,
  sizes: readonly number[] = [1 << 20],
): Promise<string[]> {
  const cutter = createCutter({ blockBytes: 1 << 20, ...options });
  const rest = { data: Buffer.from(input, "latin1") };
  const result: string[] = [];
  const keep = (blocks: Iterable<Block>): void => {
    for (const block of blocks) {
      result.push(Buffer.concat(block.chunks).toString("latin1"));
      assert.equal(block.bytes, result.at(-1)!.length);
      // What is released is overwritten, so that a use after release shows.
      for (const chunk of block.chunks.slice(-1)) chunk.fill("!");
      block.release();
      block.release();
    }
  };
  for (let i = 0; rest.data.length > 0; i++) {
    const space = cutter.space();
    assert.ok(space.length > 0);
    const bytes = rest.data.copy(space, 0, 0, Math.min(space.length, sizes[i % sizes.length]!));
    rest.data = rest.data.subarray(bytes);
    keep(await cutter.add(bytes));
  }
  keep(await cutter.end());
  return result;
}

const chunkSizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const letters = fc.string({ unit: fc.constantFrom("a", "b", "\n", ";", "\n"), maxLength: 60 });

test("a block is filled with whole lines up to its size, whatever stays over", async () => {
  assert.deepEqual(await cutAll("1000\n1001\n1002\n1003\n1004\n", { blockBytes: 12 }), [
    "1000\n1001\n",
    "1002\n1003\n",
    "1004\n",
  ]);
  assert.deepEqual(await cutAll("a\nbc\nd\ne", { blockBytes: 5 }), ["a\nbc\n", "d\ne"]);
});

test("a record longer than a block makes the blocks longer, with GNU parallel's sizes and words", async () => {
  const warnings: string[] = [];
  const warn = (message: string): unknown => warnings.push(message);
  const input = `${"a".repeat(24)}\n${"b\n".repeat(5)}`;
  assert.deepEqual(await cutAll(input, { blockBytes: 10, warn }), [
    `${"a".repeat(24)}\nb\n`,
    "b\n".repeat(4),
  ]);
  assert.deepEqual(warnings, [
    "A record was longer than 10. Increasing to --blocksize 14.",
    "A record was longer than 14. Increasing to --blocksize 20.",
    "A record was longer than 20. Increasing to --blocksize 27.",
  ]);
});

const cases: readonly [title: string, input: string, options: Partial<BlockOptions>, blocks: string[]][] = [
  ["no input", "", {}, []],
  ["-N", "1\n2\n3\n4\n5", { records: 2 }, ["1\n2\n", "3\n4\n", "5"]],
  ["-N does not count an empty record at the start", "\n\na\n\n", { records: 2 }, ["\n\na\n", "\n"]],
  ["-N, such a separator", "==a====b==c", { recend: "==", records: 1 }, ["==a==", "==b==", "c"]],
  ["-N, overlapping", "a=====b==c==d", { recend: "==", records: 2 }, ["a===", "==b==c==", "d"]],
  [
    "^ is the start of a line",
    "a\nb\nc\nbd\n",
    { recstart: "^b", regexp: true, records: 1 },
    ["a\n", "b\nc\n", "bd\n"],
  ],
  [
    "-N, regexp, empty records count",
    ";;a;;b;",
    { recend: ";", regexp: true, records: 2 },
    [";;", "a;;", "b;"],
  ],
  ["-N, regexp", ";;a;;b;", { recend: ";+?", regexp: true, records: 2 }, [";;", "a;;", "b;"]],
  ["-L -N", "1\n2\n3\n4\n5\n", { lines: 2, records: 2 }, ["1\n2\n3\n4\n", "5\n"]],
  ["-L", "1\n2\n3\n4\n5\n6\n7\n", { lines: 2 }, ["1\n2\n3\n4\n5\n6\n", "7\n"]],
  ["--recend", "aa|bb|cc|dd|ee|", { recend: "|", blockBytes: 7 }, ["aa|bb|", "cc|dd|", "ee|"]],
  ["--recstart", ">a>b>c>d", { recstart: ">", blockBytes: 5 }, [">a>b", ">c>d"]],
  ["text before the first recstart", "x>a>b>c", { recstart: ">", records: 2 }, ["x>a", ">b>c"]],
  ["both", "a1b1c2a1b1", { recstart: "a", recend: "2", records: 1 }, ["a1b1c2", "a1b1"]],
  ["escapes", "a\tb\\tc", { recend: "\\t", records: 1 }, ["a\t", "b\\tc"]],
  ["NUL", "a\0b\0c", { recend: "\\0", records: 1 }, ["a\0", "b\0", "c"]],
  ["unknown escapes", "x\\x41yA", { recend: "\\x41", records: 1 }, ["x\\x41", "yA"]],
  ["no separator", "abcdefghij", { recend: "", blockBytes: 4 }, ["abcd", "efgh", "ij"]],
  ["no separator -N", "abcdef", { recend: "", records: 2 }, ["ab", "cd", "ef"]],
  ["regexp -N", "a1b22c333d", { regexp: true, recend: "[0-9]+", records: 1 }, ["a1", "b22", "c333", "d"]],
  ["regexp recstart", "a1b2c3", { regexp: true, recstart: "[a-z]", records: 1 }, ["a1", "b2", "c3"]],
  [
    "regexp both",
    "a1;\nb2;\n;c3;\n",
    { regexp: true, recend: ";\n", recstart: "[a-z]", records: 1 },
    ["a1;\n", "b2;\n;c3;\n"],
  ],
  [
    "regexp --block",
    "a1b22c333d4e5f6g7",
    { regexp: true, recend: "[0-9]+", blockBytes: 6 },
    ["a1b22", "c333d4", "e5f6g7"],
  ],
  ["rrs", "a::b::c::d::", { recend: "::", removeSeparators: true, records: 2 }, ["ab", "cd"]],
  ["rrs, empty records", ",a,,b,,", { recend: ",", removeSeparators: true, records: 1 }, ["a", "b"]],
  [
    "rrs, both",
    "B1BxEyEB2EB3E",
    { recstart: "B", recend: "E", removeSeparators: true, records: 1 },
    ["1BxEy", "2", "3"],
  ],
  [
    "rrs regexp",
    "B1EyE;B2E;B3E;",
    { recstart: "B", recend: "E;?", regexp: true, removeSeparators: true },
    ["1Ey23"],
  ],
  ["header", "h\n1\n2\n3\n", { header: { type: "lines", lines: 1 }, records: 2 }, ["h\n1\n2\n", "h\n3\n"]],
  ["header only", "h\n", { header: { type: "lines", lines: 1 } }, []],
  ["header too short", "h\n1", { header: { type: "lines", lines: 3 } }, ["h\n1"]],
  [
    "header regexp",
    "h\nX\n1\n2\n",
    { header: { type: "regexp", regexp: "[\\s\\S]*X\\n" }, records: 1 },
    ["h\nX\n1\n", "h\nX\n2\n"],
  ],
  ["header not at the start", "h\nX\n1\n", { header: { type: "regexp", regexp: "X\\n" } }, ["h\nX\n1\n"]],
  ["--skip-first-line", "h\n1\n2\n", { skipFirstLine: true, records: 1 }, ["1\n", "2\n"]],
  [
    "--group-by -N",
    "a,1\na,2\nb,3\nc,4\nc,5",
    { groupBy: { key: "1", colsep: "," }, records: 1 },
    ["a,1\na,2\n", "b,3\n", "c,4\nc,5"],
  ],
  [
    "--group-by with a name",
    "k v\n1 x\n2 x\n3 y\n",
    { groupBy: { key: "v", colsep: " +" }, header: { type: "lines", lines: 1 }, records: 1 },
    ["k v\n1 x\n2 x\n", "k v\n3 y\n"],
  ],
  [
    "--group-by with a name and no --header",
    "k v\n1 x\n2 x\n",
    { groupBy: { key: "k", colsep: " " }, records: 1 },
    ["k v\n1 x\n", "k v\n2 x\n"],
  ],
  [
    "--group-by with an expression",
    "12-3,a\n123,b\n221,c\n22-1,d\n",
    {
      groupBy: {
        key: "1 s/\\D//g",
        colsep: ",",
        evaluate: async (_, values) => values.map((value) => value.replace(/\D/g, "")),
      },
      records: 1,
    },
    ["12-3,a\n123,b\n", "221,c\n22-1,d\n"],
  ],
  [
    "--group-by --block",
    "a,1\na,2\nb,1\nb,2\nc,1\nc,2\nc,3\n",
    { groupBy: { key: "1", colsep: "," }, blockBytes: 18 },
    ["a,1\na,2\n", "b,1\nb,2\n", "c,1\nc,2\nc,3\n"],
  ],
];

for (const [title, input, options, expected] of cases)
  for (const size of [1, 3, 1000])
    test(`${title}, ${size} at a time`, async () => {
      assert.deepEqual(await cutAll(input, options, [size]), expected);
    });

test("the blocks joined are the input, and each but the last ends with a record", async () => {
  const property = fc.asyncProperty(
    letters,
    chunkSizes,
    fc.integer({ min: 1, max: 20 }),
    fc.constantFrom<Partial<BlockOptions>>(
      {},
      { recend: ";" },
      { recend: "a\n" },
      { recend: ";", regexp: true },
      { recend: "a+", regexp: true },
    ),
    async (input, sizes, blockBytes, options) => {
      const blocks = await cutAll(input, { ...options, blockBytes }, sizes);
      assert.equal(blocks.join(""), input);
      const recend = new RegExp(`(?:${options.recend ?? "\n"})$`);
      for (const block of blocks.slice(0, -1)) assert.match(block, recend);
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

test("-N counts as a naive twin does, whatever the chunks and the block size", async () => {
  const property = fc.asyncProperty(
    letters,
    chunkSizes,
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom("\n", ";", "a\n", "\n\n"),
    async (input, sizes, blockBytes, records, recend) => {
      const blocks = await cutAll(input, { blockBytes, records, recend }, sizes);
      assert.deepEqual(blocks, naive(input, recend, records));
    },
  );
  await fc.assert(property, { numRuns: 500 });
});

function naive(input: string, recend: string, records: number): string[] {
  const blocks: string[] = [];
  let start = 0;
  for (let at = start, seen = 0; ; ) {
    at = input.indexOf(recend, at + 1);
    if (at < 0 || start + 1 >= input.length) break;
    if (++seen < records) continue;
    seen = 0;
    blocks.push(input.slice(start, at + recend.length));
    at = start = at + recend.length;
  }
  return start < input.length ? [...blocks, input.slice(start)] : blocks;
}

test("regular expressions that are plain text cut like the text", async () => {
  const filled = letters.map((text) => text.replace(/;+/g, ";").replace(/^;/, ""));
  const property = fc.asyncProperty(filled, chunkSizes, async (input, sizes) => {
    const regexp = await cutAll(input, { recend: "(?:;)", regexp: true, records: 2, blockBytes: 9 }, sizes);
    assert.deepEqual(regexp, naive(input, ";", 2));
  });
  await fc.assert(property, { numRuns: 200 });
});

test("memory of released blocks is used again", async () => {
  const cutter = createCutter({ blockBytes: 64 });
  const buffers = new Set<ArrayBufferLike>();
  for (let i = 0; i < 1000; i++) {
    const space = cutter.space();
    buffers.add(space.buffer);
    space.fill("1234567\n");
    for (const block of await cutter.add(space.length)) block.release();
  }
  assert.ok(buffers.size < 8, `${buffers.size} buffers`);
});
