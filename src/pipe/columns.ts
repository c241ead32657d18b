import type { ByteString } from "../bytes/bytes.ts";
import { perlRegexp } from "../bytes/perl-regexp.ts";

/** The values of one column (1-based) of lines; "" where a line has too few. */
export type ColumnReader = (line: ByteString) => ByteString;

export function columnReader(column: number, colsep: ByteString): ColumnReader {
  const literal = literalOf(colsep);
  return literal === undefined ? byRegexp(column, perlRegexp(colsep)) : byLiteral(column, literal);
}

export function splitColumns(line: ByteString, colsep: ByteString): ByteString[] {
  const literal = literalOf(colsep);
  return line.split(literal ?? perlRegexp(colsep));
}

/** The usual separators are one plain character, or one escaped. */
function literalOf(colsep: ByteString): ByteString | undefined {
  if (/^[\w ,:;\t@#%&=~"'!/<>-]+$/.test(colsep)) return colsep;
  if (colsep === "\\t") return "\t";
  return /^\\[|.+*?^$()[\]{}\\]$/.test(colsep) ? colsep[1] : undefined;
}

function byLiteral(column: number, separator: ByteString): ColumnReader {
  return (line) => {
    let start = 0;
    for (let skip = 1; skip < column; skip++) {
      const at = line.indexOf(separator, start);
      if (at < 0) return "";
      start = at + separator.length;
    }
    const end = line.indexOf(separator, start);
    return end < 0 ? line.slice(start) : line.slice(start, end);
  };
}

function byRegexp(column: number, separator: RegExp): ColumnReader {
  return (line) => line.split(separator, column)[column - 1] ?? "";
}
