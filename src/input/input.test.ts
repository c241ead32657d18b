import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { YonderError } from "../interface/errors.ts";
import type { InputOptions, InputSource } from "./options.ts";
import { allRows, file, openPlain, plus, readAll, stdinOf, values } from "./testing.ts";

/** The rows, columns joined by blanks, as GNU parallel 20221122 makes them. */
async function lines(options: Partial<InputOptions>): Promise<string> {
  return (await allRows(options)).map((row) => row.join(" ")).join("|");
}

function sources(...list: InputSource[]): Partial<InputOptions> {
  return { sources: list };
}

const folder = mkdtempSync(join(tmpdir(), "input-test-"));

function written(name: string, text: string): InputSource {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(text, "latin1"));
  return file(path);
}

test("sources are multiplied, the last one varying fastest", async () => {
  assert.equal(await lines(sources(values("a", "b"), values("1", "2"))), "a 1|a 2|b 1|b 2");
  const three = sources(values("a", "b"), values("1", "2"), plus(values("x", "y", "z")));
  assert.equal(await lines(three), "a 1 x|a 2 y|b 1 x|b 2 y");
});

test("an empty source counts as one empty value, unless all are empty", async () => {
  assert.equal(await lines(sources(values("a", "b"), values())), "a |b ");
  assert.equal(await lines(sources(values(), values("a", "b"))), " a| b");
  assert.equal(await lines(sources(values(), plus(values("a", "b")))), " a");
  assert.equal(await lines(sources(values("a", "b"), plus(values()))), "a ");
  assert.equal(await lines(sources(values(), values())), "");
});

test("without sources, or with one empty list, standard input is read", async () => {
  assert.equal(await lines({ stdin: stdinOf("a\nb") }), "a|b");
  assert.equal(await lines({ sources: [values()], stdin: stdinOf("a\nb") }), "a|b");
});

test("linked sources stop at the shortest; with --link the shorter ones start again", async () => {
  assert.equal(await lines(sources(values("a", "b", "c"), plus(values("1", "2")))), "a 1|b 2");
  const linked = { ...sources(values("a", "b"), values("1", "2", "3"), plus(values("x", "y"))), link: true };
  assert.equal(await lines(linked), "a 1 x|b 2 y|a 3 x");
  await assert.rejects(lines({ ...sources(values("a"), values()), link: true }), YonderError);
  assert.equal(await lines({ ...sources(values(), values()), link: true }), "");
});

test("sources that share standard input each take their own lines", async () => {
  const stdin = stdinOf("1\n2\n3\n", "4\n");
  const both = [file("-"), file("-")];
  assert.equal(await lines({ sources: both, stdin }), "1 2|1 3|1 4");
  assert.equal(await lines({ sources: both, stdin, link: true }), "1 2|3 4");
  assert.equal(await lines({ sources: [file("-"), plus(file("-"))], stdin }), "1 2|4 3");
  assert.equal(await lines({ sources: [values("x"), file("-")], stdin }), "x 1|x 2|x 3|x 4");
});

test("values are read as lines too", async () => {
  assert.deepEqual(await allRows(sources(values("a\nb", "c\n", ""))), [["a"], ["b"], ["c"], [""], [""]]);
  assert.deepEqual(await allRows({ ...sources(values("a\nb", "c")), delimiter: "\0" }), [["a\nb"], ["c"]]);
  assert.deepEqual(await allRows({ ...sources(values("xa", "y")), delimiter: "aa" }), [["x"], ["ay"]]);
});

test("the eof string ends its source, before trimming and splitting", async () => {
  assert.equal(await lines({ ...sources(values("x", "y", "z"), values("1", "y", "2")), eof: "y" }), "x 1");
  assert.equal(await lines({ ...sources(values("x", " y ", "z")), eof: "y", trim: "lr" }), "x|y|z");
  assert.equal(await lines({ stdin: stdinOf("a\n\nb"), eof: "" }), "a||b");
});

test("-r leaves out blank records, and a row of empty columns is not blank", async () => {
  assert.equal(await lines({ stdin: stdinOf(" \n\ta\n\n \v\n"), noRunIfEmpty: true }), "\ta");
  assert.deepEqual(await allRows({ stdin: stdinOf(",\n \n"), colsep: ",", noRunIfEmpty: true }), [["", ""]]);
});

test("columns are split first and trimmed then", async () => {
  assert.deepEqual(await allRows({ stdin: stdinOf(" a , b \n\n"), colsep: "," }), [["a", "b"], [""]]);
  assert.deepEqual(await allRows({ stdin: stdinOf(" a , b \n"), colsep: ",", trim: "n" }), [[" a ", " b "]]);
  assert.deepEqual(await allRows({ ...sources(values("a1b22c")), colsep: "[0-9]+" }), [["a", "b", "c"]]);
  assert.deepEqual(await allRows({ stdin: stdinOf("\xa0 x\v\n"), trim: "lr" }), [["\xa0 x"]]);
});

test("CSV: quotes, newlines inside them, CR LF", async () => {
  const stdin = stdinOf('"x ""y""","a\nb",c\r\n', ",\n");
  assert.deepEqual(await allRows({ csv: true, stdin }, 1), [
    ['x "y"', "a\nb", "c"],
    ["", ""],
  ]);
  assert.deepEqual(await allRows({ csv: true, colsep: ";", stdin: stdinOf("a ; b\n") }), [["a", "b"]]);
  for (const bad of ['a,"b\n', 'a, "b" ,c\n', 'a,b"c"d\n']) {
    await assert.rejects(allRows({ csv: true, stdin: stdinOf(bad) }), /CSV has unexpected format/);
  }
});

test("the first record names the columns of its source", async () => {
  const reader = openPlain({
    sources: [written("table", "id,val\n1,x\n2,y\n"), values("c", "7")],
    colsep: ",",
    header: "names",
  });
  assert.deepEqual(await reader.names(), ["id", "val", "c"]);
  assert.deepEqual(await readAll(reader), [
    ["1", "x", "7"],
    ["2", "y", "7"],
  ]);
});

test("names are split at tabs and not trimmed; --header 0 names files", async () => {
  const tabs = openPlain({ stdin: stdinOf(" a\tb\n 1\t2 \n"), header: "names" });
  assert.deepEqual(await tabs.names(), [" a", "b"]);
  assert.deepEqual(await readAll(tabs), [[" 1", "2 "]]);
  const table = written("paths", "1\n");
  const paths = openPlain({ sources: [table, values("x")], header: "paths" });
  assert.deepEqual(await paths.names(), [table.kind === "file" && table.path, ""]);
  assert.deepEqual(await readAll(paths), [["1", "x"]]);
});

test("only the first source has its first line skipped", async () => {
  const skip = { skipFirstLine: true };
  assert.equal(await lines({ ...sources(values("a", "b"), values("c", "d")), ...skip }), "b c|b d");
  assert.equal(await lines({ stdin: stdinOf("h\nn\n1\n"), header: "names", ...skip }), "1");
});

test("a missing file is refused before anything is read, in GNU's words", () => {
  const missing = file(join(folder, "nofile"));
  assert.throws(
    () => openPlain(sources(file("-"), missing)),
    /Cannot open input file `.*nofile': No such file or directory\./,
  );
  assert.throws(() => openPlain(sources(file(folder))), /Is a directory/);
  assert.throws(() => openPlain({ colsep: "(" }), YonderError);
});

test("a NUL is shown as \\0, with a warning for each record", async () => {
  const warnings: string[] = [];
  const rows = await allRows({ stdin: stdinOf("a\0b\0\n", "c\n"), warn: (text) => warnings.push(text) });
  assert.deepEqual(rows, [["a\\0b\\0"], ["c"]]);
  assert.equal(warnings.length, 1);
});

test("rows come as they arrive, and an endless source streams", { timeout: 5000 }, async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Buffer> {
    yield Buffer.from("1\n2\n");
    await promise;
    while (true) yield Buffer.from("y\n".repeat(1000));
  }
  await using reader = openPlain({ sources: [file("-"), values("a", "b")], stdin: slow });
  assert.equal((await reader.read(100)).length, 4);
  resolve();
  for (let count = 0; count < 100_000; ) count += (await reader.read(100)).length;
});

test("bytes survive: 100 KB, invalid UTF-8, a file name of bytes", async () => {
  const long = "\xff\xfe\x80".repeat(40_000);
  const path = join(folder, "caf\xe9");
  writeFileSync(Buffer.from(path, "latin1"), Buffer.from(`${long}\n`, "latin1"));
  assert.deepEqual(await allRows(sources(values(long), file(path))), [[long, long]]);
});

test("the same seed gives the same order, and every row comes once", async () => {
  const options = { ...sources(values("a", "b", "c"), values("1", "2", "3")), shuf: { seed: 7 } };
  const rows = await allRows(options);
  assert.deepEqual(await allRows(options), rows);
  assert.deepEqual(rows.map((row) => row.join("")).sort(), "a1 a2 a3 b1 b2 b3 c1 c2 c3".split(" "));
  assert.notDeepEqual(rows, await allRows({ ...options, shuf: { seed: 8 } }));
});

test("a FIFO is read, and closing ends a read that waits", { timeout: 5000 }, async () => {
  const path = join(folder, "fifo");
  execFileSync("mkfifo", [path]);
  const reader = openPlain(sources(file(path)));
  const first = reader.read(10);
  const writer = await open(path, "w");
  await writer.write("a\n");
  assert.deepEqual(await first, [["a"]]);
  const waiting = reader.read(10);
  setTimeout(() => reader.close(), 20);
  assert.deepEqual(await waiting, []);
  await writer.close();
});
