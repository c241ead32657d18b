import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { TableFormat } from "./results.ts";
import { openTableFile } from "./table-file.ts";

const scratch = mkdtempSync(join(tmpdir(), "yonder-test-"));
after(() => rmSync(scratch, { recursive: true }));

const HEADER = "Seq,Host,Command,V1,Stdout,Stderr\n";
const row = (seq: number, out = `a\n"",b`): string => `${seq},:,"echo ${seq}\n9,",${seq},"${out}",\n`;
const jsonRow = (seq: number): string =>
  `{ "Seq": ${seq}, "Command": "echo \\"\\\\", "Stdout": "\\u000a" }\n`;

/** The file after a driver that goes on with it, where the tasks of `done` have their outcomes. */
function goOn(
  format: TableFormat,
  text: string,
  { done, keepOrder = false, more = "" }: { done: number[]; keepOrder?: boolean; more?: string },
): { text: string; has: number[]; hasHeader: boolean } {
  const path = join(scratch, `table.${format}`);
  writeFileSync(path, text);
  const file = openTableFile(path, format, { isDone: (seq) => done.includes(seq), keepOrder });
  appendFileSync(file.fd, more);
  file.close();
  const has = [1, 2, 3, 4, 5].filter((seq) => file.has(seq));
  assert.deepEqual(
    readdirSync(scratch).filter((name) => name.startsWith(".")),
    [],
  );
  return { text: readFileSync(path, "utf8"), has, hasHeader: file.hasHeader };
}

test("a new table replaces what is there", () => {
  const path = join(scratch, "table.csv");
  writeFileSync(path, HEADER + row(1));
  const file = openTableFile(path, "csv", undefined);
  assert.deepEqual([readFileSync(path, "utf8"), file.hasHeader, file.has(1)], ["", false, false]);
  file.close();
});

test("whole rows stay and a torn one goes, wherever it is torn", () => {
  for (const [format, head, whole, torn] of [
    ["csv", HEADER, row(1) + row(3), row(2)],
    ["tsv", "Seq\tHost\n", `1\t:\t"a\n\t"\n3\t:\tb\n`, `2\t:\t"a\n4\tc"\n`],
    ["json", "", jsonRow(1) + jsonRow(3), jsonRow(2)],
  ] as const) {
    for (let end = 0; end < torn.length; end++) {
      const found = goOn(format, head + whole + torn.slice(0, end), { done: [1, 2, 3] });
      assert.deepEqual(found, { text: head + whole, has: [1, 3], hasHeader: true }, torn.slice(0, end));
    }
  }
});

test("a torn header is none", () => {
  for (let end = 0; end < HEADER.length; end++) {
    assert.deepEqual(goOn("csv", HEADER.slice(0, end), { done: [] }), {
      text: "",
      has: [],
      hasHeader: false,
    });
  }
});

test("the rows of tasks that run again go; a row that is not ours stays", () => {
  const other = "something,else\n";
  const found = goOn("csv", HEADER + row(1) + row(2) + other + row(3) + "4,:,", { done: [1, 3] });
  assert.deepEqual(found, { text: HEADER + row(1) + other + row(3), has: [1, 3], hasHeader: true });
});

test("in the order of the input, rows that come later are put in their place in the end", () => {
  const earlier = HEADER + row(2) + row(5) + row(1) + row(4);
  const found = goOn("csv", earlier, { done: [1, 2, 4, 5], keepOrder: true, more: row(3) });
  assert.equal(found.text, HEADER + [1, 2, 3, 4, 5].map((seq) => row(seq)).join(""));
  const apart = goOn("csv", earlier, { done: [1, 2, 4, 5], more: row(3) });
  assert.equal(apart.text, earlier + row(3), "otherwise they stay where they are");
  const torn = goOn("csv", earlier, { done: [1, 2, 4, 5], keepOrder: true, more: "3,:," });
  assert.equal(torn.text, `${earlier}3,:,`, "as does all where the last one could not be written");
});

test("large rows are read in chunks", () => {
  const large = (seq: number): string => row(seq, `"",\n`.repeat(50_000));
  const text = HEADER + large(1) + large(2) + large(3) + large(4).slice(0, -9);
  assert.deepEqual(goOn("csv", text, { done: [1, 3] }), {
    text: HEADER + large(1) + large(3),
    has: [1, 3],
    hasHeader: true,
  });
});

test("a link to a table stays one", () => {
  const [link, target] = [join(scratch, "link.csv"), join(scratch, "target.csv")];
  writeFileSync(target, HEADER + row(1) + row(2));
  symlinkSync(target, link);
  openTableFile(link, "csv", { isDone: (seq) => seq === 2, keepOrder: false }).close();
  assert.equal(readFileSync(target, "utf8"), HEADER + row(2));
});
