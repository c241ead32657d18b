import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { partSource } from "./part-command.ts";
import type { FilePart, PartOptions } from "./part-options.ts";
import { fileParts } from "./parts.ts";

const directory = mkdtempSync(join(tmpdir(), "parts '-"));
after(() => rmSync(directory, { recursive: true }));

function file(content: string, name = "input"): string {
  const path = join(directory, name);
  writeFileSync(path, content, "latin1");
  return path;
}

async function partsOf(paths: string[], options: Partial<PartOptions>): Promise<FilePart[]> {
  const parts: FilePart[] = [];
  for await (const part of fileParts({ block: -10, slots: 1, ...options }, paths)) parts.push(part);
  return parts;
}

function contentOf({ path, start, end, headerBytes }: FilePart): string {
  const data = readFileSync(path);
  return Buffer.concat([data.subarray(0, headerBytes), data.subarray(start, end)]).toString("latin1");
}

async function cut(content: string, options: Partial<PartOptions>): Promise<string[]> {
  return (await partsOf([file(content)], options)).map(contentOf);
}

function lines(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, i) => `${from + i}\n`).join("");
}

test("a part ends with the first record end at or after its length", async () => {
  const parts = await partsOf([file(lines(1, 1000))], { block: 1000 });
  assert.deepEqual(
    parts.map(({ start, end }) => end - start),
    [1004, 1004, 1004, 881],
  );
});

test("a negative block is a number of parts for each slot, over all files together", async () => {
  const big = file(lines(1, 100000), "big");
  const small = file(lines(1, 1000), "small");
  const parts = await partsOf([big, small], { block: -1, slots: 3 });
  assert.deepEqual(
    parts.map(({ start, end }) => end - start),
    [197598, 197598, 193699, 3893],
  );
});

const cases: readonly [title: string, content: string, options: Partial<PartOptions>, parts: string[]][] = [
  ["no input", "", {}, []],
  ["no final newline", "abc\ndef\ngh", { block: 4 }, ["abc\ndef\n", "gh"]],
  [
    "header",
    `h\n${lines(1, 9)}`,
    { block: 6, header: { type: "lines", lines: 1 } },
    ["h\n1\n2\n3\n4\n", "h\n5\n6\n7\n8\n", "h\n9\n"],
  ],
  ["header longer than the file", "1\n2\n", { block: 100, header: { type: "lines", lines: 5 } }, ["1\n2\n"]],
  ["header alone", "1\n2\n", { header: { type: "lines", lines: 2 } }, []],
  ["a separator across the border", "aabbaabbaabb", { block: 3, recend: "bb" }, ["aabbaabb", "aabb"]],
  ["recstart", ">a1>b2>c3>d4", { block: 6, recstart: ">" }, [">a1>b2", ">c3>d4"]],
  [
    "both",
    "B1\nx\nE\nB2\nx\nE\nB3\nx\nE\n",
    { block: 12, recstart: "B", recend: "E\\n" },
    ["B1\nx\nE\nB2\nx\nE\n", "B3\nx\nE\n"],
  ],
  ["no separator", "a1b22c333d4e5", { block: 3, recend: "" }, ["a1b", "22c", "333", "d4e", "5"]],
  ["none found", "a1b22c333d4e5", { block: 3, recend: "zz" }, ["a1b22c333d4e5"]],
  ["regexp", "a1b22c333d4e5", { block: 3, recend: "[0-9]+", regexp: true }, ["a1b22", "c333", "d4e5"]],
  ["regexp recstart", "a1b22c333d", { block: 5, recstart: "[a-z]", regexp: true }, ["a1b22", "c333d"]],
  [
    "group-by",
    "a,1\na,2\nb,1\nb,2\nc,1\nc,2\nc,3\nd,1\n",
    { block: 8, groupBy: { key: "1", colsep: "," } },
    ["a,1\na,2\nb,1\nb,2\n", "c,1\nc,2\nc,3\n", "d,1\n"],
  ],
  [
    "group-by, border inside a line",
    "a,1\na,2\nb,1\nb,2\nc,1\nc,2\nc,3\nd,1",
    { block: 10, groupBy: { key: "1", colsep: "," } },
    ["a,1\na,2\nb,1\nb,2\n", "c,1\nc,2\nc,3\nd,1"],
  ],
];

for (const [title, content, options, expected] of cases)
  test(title, async () => {
    assert.deepEqual(await cut(content, options), expected);
  });

test("the parts joined are the file, records are whole, and none is short but the last", async () => {
  const content = fc.string({ unit: fc.constantFrom("a", "\n", ";"), maxLength: 80 });
  const block = fc.integer({ min: 1, max: 30 });
  const recend = fc.constantFrom("\n", ";\n", "a;");
  const property = fc.asyncProperty(
    content,
    block,
    recend,
    fc.boolean(),
    async (text, block, recend, regexp) => {
      const parts = await cut(text, { block, recend, regexp });
      assert.equal(parts.join(""), text);
      for (const part of parts.slice(0, -1)) {
        assert.ok(part.endsWith(recend));
        // The record end found is the first one that starts a block's length or more into the part.
        assert.equal(part.indexOf(recend, block), part.length - recend.length);
      }
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

test("records far longer than a read are found", async () => {
  const long = "x".repeat(200_000);
  assert.deepEqual(await cut(`${long}--${long}--end`, { block: 5, recend: "--" }), [
    `${long}--`,
    `${long}--`,
    "end",
  ]);
  assert.deepEqual(await cut(`${long}-+${long}-+end`, { block: 5, recend: "-\\+", regexp: true }), [
    `${long}-+`,
    `${long}-+`,
    "end",
  ]);
  const groups = `${"a\n".repeat(100_000)}${"b\n".repeat(5)}`;
  assert.deepEqual(
    (await cut(groups, { block: 5, groupBy: { key: "1" } })).map((part) => part.length),
    [200_000, 10],
  );
});

test("what is no file is refused before anything runs", async () => {
  await assert.rejects(partsOf([join(directory, "none")], {}), /File not found: .*none/);
  await assert.rejects(partsOf([directory], {}), /is neither a file nor a block device/);
});

test("shell source prints a part, header first", async () => {
  const parts = await partsOf([file(`h\n${lines(1, 50000)}`)], {
    block: 100_000,
    header: { type: "lines", lines: 1 },
  });
  assert.ok(parts.length > 2);
  for (const part of parts) {
    assert.deepEqual(run(partSource(part)), { stdout: contentOf(part), stderr: "", status: 0 });
  }
});

function run(command: string): { stdout: string; stderr: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync("sh", ["-c", command], { encoding: "latin1" });
  return { stdout, stderr, status };
}
