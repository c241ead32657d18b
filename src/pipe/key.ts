import type { ByteString } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { columnReader, splitColumns } from "./columns.ts";
import type { Header, KeyOptions } from "./options.ts";

/** The keys of lines, which come without their newlines. */
export type KeyReader = (
  lines: readonly ByteString[],
) => readonly ByteString[] | Promise<readonly ByteString[]>;

/** What --shard and --bin, and --group-by without --header, take as header: one line where the key names a column. */
export function keyHeader(key: ByteString): Header | undefined {
  return /^[A-Za-z_]\w*(?:\s|$)/.test(key) ? { type: "lines", lines: 1 } : undefined;
}

/**
 * Reads keys as --group-by, --shard and --bin define them: `[column number|column name] [perl expression]`.
 * `headerLine` holds the names of the columns.
 */
export function keyReader(options: KeyOptions, headerLine?: ByteString): KeyReader {
  const colsep = options.colsep ?? "\\t";
  const { column, expression } = parseKey(options.key, columnNames(headerLine, colsep));
  const read = column === undefined ? undefined : columnReader(column, colsep);
  const values = (lines: readonly ByteString[]) => (read === undefined ? lines : lines.map(read));
  if (expression === "") return values;
  const { evaluate } = options;
  if (evaluate === undefined)
    throw new YonderError("TEMPLATE", {
      message: `the key '${options.key}' needs perl`,
      remedy: "install perl, or give the number of a column alone",
    });
  return (lines) => evaluate(expression, values(lines));
}

function columnNames(headerLine: ByteString | undefined, colsep: ByteString): readonly ByteString[] {
  return headerLine === undefined ? [] : splitColumns(headerLine.replace(/\r?\n$/, ""), colsep);
}

interface ParsedKey {
  /** 1-based; the whole line where undefined. */
  readonly column: number | undefined;
  /** "" for none. */
  readonly expression: ByteString;
}

function parseKey(key: ByteString, names: readonly ByteString[]): ParsedKey {
  const numbered = /^(\d+)(?:\s+([\s\S]*))?$/.exec(key);
  if (numbered !== null) return { column: Number(numbered[1]), expression: numbered[2]?.trim() ?? "" };
  const first = /^\S*/.exec(key)![0];
  const named = names.indexOf(first) + 1;
  if (named > 0) return { column: named, expression: key.slice(first.length).trim() };
  if (/^[A-Za-z_]\w*$/.test(key)) {
    throw new YonderError("USAGE", {
      message: `Column '${key}' not found in header`,
      remedy:
        names.length > 0
          ? `the header has: ${names.join(" ")}`
          : "name the header with --header :, or give a number",
    });
  }
  return { column: undefined, expression: key };
}
