import type { ByteString } from "../bytes/bytes.ts";
import { perlSplitter } from "../bytes/perl-split.ts";
import { YonderError } from "../interface/errors.ts";
import { parseCsv } from "./csv.ts";
import type { InputOptions } from "./options.ts";

export type Columns = (record: ByteString) => ByteString[];

type ColumnOptions = Pick<InputOptions, "colsep" | "csv" | "header" | "trim">;

/** How a record becomes columns; undefined where it stays one column as it is. A bad colsep throws here. */
export function rowColumns(options: ColumnOptions): Columns | undefined {
  const split = splitter(options);
  const mode = options.trim ?? (options.colsep === undefined ? "n" : "lr");
  if (mode === "n") return split;
  const trim = trimmer(mode);
  if (split === undefined) return (record) => [trim(record)];
  return (record) => split(record).map(trim);
}

/** How the first record becomes names: as a row does, but nothing is trimmed. */
export function nameColumns(options: ColumnOptions): Columns {
  return splitter(options) ?? ((record) => [record]);
}

function splitter(options: ColumnOptions): Columns | undefined {
  const { colsep, csv, header } = options;
  if (csv) return csvColumns(csvSeparator(colsep));
  if (colsep === undefined && header !== "names") return undefined;
  const split = perlSplitter(colsep ?? "\t");
  return (record) => (record === "" ? [""] : split(record));
}

/** One character; the tab may be spelt \t, as it is everywhere else. */
function csvSeparator(colsep: ByteString | undefined): ByteString {
  if (colsep === "\\t") return "\t";
  return colsep?.[0] ?? ",";
}

function csvColumns(separator: ByteString): Columns {
  return (record) => {
    const fields = parseCsv(record, separator);
    if (fields !== undefined) return fields;
    throw new YonderError("INPUT", {
      message: `CSV has unexpected format: ^${record}^`,
      remedy: 'A field with a quote in it needs quotes around it: "a ""b"" c".',
    });
  };
}

function trimmer(mode: "l" | "r" | "lr"): (text: ByteString) => ByteString {
  if (mode === "l") return trimLeft;
  return mode === "r" ? trimRight : (text) => trimLeft(trimRight(text));
}

export function endsInBlank(text: ByteString): boolean {
  return text !== "" && isBlank(text.charCodeAt(text.length - 1));
}

/** The blanks of ASCII: a byte above 127 is never one, whatever it would be as text. */
function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function trimLeft(text: ByteString): ByteString {
  let start = 0;
  while (start < text.length && isBlank(text.charCodeAt(start))) start++;
  return start === 0 ? text : text.slice(start);
}

function trimRight(text: ByteString): ByteString {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
}
