import { type ByteString, bufferOf, bytesOf } from "../bytes/bytes.ts";
import { perlRegexp } from "../bytes/perl-regexp.ts";
import type { FileWindow } from "./file-window.ts";
import { keyReader } from "./key.ts";
import type { PartOptions } from "./part-options.ts";
import { separatorOf } from "./separator.ts";

/** The first border between records at or after `from`, which lies before the end of the file; else that end. */
export type BorderSearch = (file: FileWindow, from: number) => number | Promise<number>;

export function borderSearch(options: PartOptions, header: Buffer): BorderSearch {
  if (options.groupBy !== undefined) return groupSearch(options.groupBy, header);
  const { type, recend, recstart } = separatorOf(options);
  if (recend + recstart === "") return (_, from) => from;
  return type === "literal" ? literalSearch(recend, recstart) : regexpSearch(recend, recstart);
}

type GroupBy = NonNullable<PartOptions["groupBy"]>;

/** What is read at first; records are seldom longer. */
const firstBytes = 1 << 15;

/** Pieces after `from`, each twice as long as the one before; with `overlap` bytes of that one again. */
function* pieces(file: FileWindow, from: number, overlap: number): Generator<{ at: number; data: Buffer }> {
  for (let at = from, length = firstBytes; at < file.bytes; length *= 2) {
    const data = file.read(at, at + length + overlap);
    yield { at, data };
    if (data.length < length + overlap) return;
    at += length;
  }
}

function literalSearch(recend: ByteString, recstart: ByteString): BorderSearch {
  const separator = bufferOf(recend + recstart);
  return (file, from) => {
    for (const { at, data } of pieces(file, from, separator.length - 1)) {
      const found = data.indexOf(separator);
      if (found >= 0) return at + found + recend.length;
    }
    return file.bytes;
  };
}

/** A match may be of any length: what is searched starts at the border each time and grows. */
function regexpSearch(recend: ByteString, recstart: ByteString): BorderSearch {
  const border = perlRegexp(`(?:${recend})(?=${recstart})`, "gm");
  return (file, from) => {
    for (let length = firstBytes; ; length *= 2) {
      const to = Math.min(from + length, file.bytes);
      const text = bytesOf(file.read(from, to));
      border.lastIndex = 0;
      const found = border.exec(text);
      const end = border.lastIndex;
      // A match that ends with the text could be longer in a longer one.
      if (found !== null && (end < text.length || to === file.bytes)) return from + end;
      if (to === file.bytes) return file.bytes;
    }
  };
}

/** --group-by: the key of the first line that starts at or after `from` is the last group's of the part. */
function groupSearch(groupBy: GroupBy, header: Buffer): BorderSearch {
  const keysOf = keyReader(groupBy, header.length > 0 ? bytesOf(header) : undefined);
  return async (file, from) => {
    let firstKey: ByteString | undefined;
    for (const { lines, starts } of linesFrom(file, from)) {
      const keys = await keysOf(lines);
      firstKey ??= keys[0];
      const other = keys.findIndex((key) => key !== firstKey);
      if (other >= 0) return starts[other]!;
    }
    return file.bytes;
  };
}

interface Lines {
  readonly lines: ByteString[];
  readonly starts: number[];
}

/** Whole lines that start at or after `from`, a piece of the file at a time. */
function* linesFrom(file: FileWindow, from: number): Generator<Lines> {
  // One byte earlier tells whether a line starts at `from`.
  const searched = from - 1;
  let rest = "";
  let restStart = searched;
  for (const { at, data } of pieces(file, searched, 0)) {
    const texts = (rest + bytesOf(data)).split("\n");
    const isLast = at + data.length >= file.bytes;
    rest = isLast ? "" : texts.pop()!;
    if (isLast && texts.at(-1) === "") texts.pop();
    const piece: Lines = { lines: [], starts: [] };
    for (const line of texts) {
      if (restStart > searched) {
        piece.lines.push(line);
        piece.starts.push(restStart);
      }
      restStart += line.length + 1;
    }
    yield piece;
  }
}
