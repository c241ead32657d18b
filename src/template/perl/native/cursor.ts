import type { ByteString } from "../../../bytes/bytes.ts";

/** A place in perl code that is being read. */
export interface Cursor {
  readonly text: ByteString;
  at: number;
}

/** Thrown for everything that perl itself has to evaluate: what is not known here, or not known to be the same. */
export class NotNative extends Error {}

export function refuse(): never {
  throw new NotNative();
}

/** Skips blanks; a comment is for perl. */
export function skipBlanks(cursor: Cursor): void {
  while (/^[ \t\r\n\f]/.test(cursor.text.charAt(cursor.at))) cursor.at++;
  if (cursor.text[cursor.at] === "#") refuse();
}

/** Takes what the pattern (sticky) matches here, after blanks; undefined, and nothing taken, where it does not. */
export function take(cursor: Cursor, pattern: RegExp): ByteString | undefined {
  skipBlanks(cursor);
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text);
  if (match === null) return undefined;
  cursor.at += match[0].length;
  return match[0];
}

export function expect(cursor: Cursor, pattern: RegExp): ByteString {
  return take(cursor, pattern) ?? refuse();
}

/**
 * The text between the delimiter here and its partner: brackets nest, other characters end where they began. A
 * delimiter behind a backslash stays as it is, which is right for / and quotes: there \/ is a slash.
 */
export function delimited(cursor: Cursor, open: ByteString): ByteString {
  const close = PARTNERS[open] ?? open;
  const start = cursor.at;
  for (let depth = 1; cursor.at < cursor.text.length; cursor.at++) {
    const char = cursor.text[cursor.at];
    if (char === "\\") {
      const escaped = cursor.text[++cursor.at];
      if ((escaped === open || escaped === close) && !`/"'`.includes(open)) refuse();
    } else if (char === close) {
      if (--depth === 0) return cursor.text.slice(start, cursor.at++);
    } else if (char === open) depth++;
  }
  return refuse();
}

/** The delimiter behind s, y, q and the like: not a blank, no part of a word, and no ' (it means "as it is"). */
export function delimiter(cursor: Cursor): ByteString {
  const char = cursor.text[cursor.at] ?? refuse();
  if (/[\s\w'=,;)>\]}]/.test(char) && char !== ",") refuse();
  cursor.at++;
  return char;
}

/** The second half of s and y: behind the same delimiter, or in brackets of its own. */
export function secondHalf(cursor: Cursor, open: ByteString): ByteString {
  if (!(open in PARTNERS)) return delimited(cursor, open);
  skipBlanks(cursor);
  return delimited(cursor, delimiter(cursor));
}

const PARTNERS: { readonly [open: ByteString]: ByteString | undefined } = {
  "(": ")",
  "[": "]",
  "{": "}",
  "<": ">",
};
