import type { ByteString } from "./bytes.ts";
import { perlRegexp } from "./perl-regexp.ts";

/**
 * Perl's `split /pattern/, text, -1`: trailing empty fields stay, groups of the separator become fields, an empty text
 * has no fields at all. Throws what perlRegexp throws, before any text is seen.
 */
export function perlSplitter(pattern: ByteString): (text: ByteString) => ByteString[] {
  // In split, and only there, perl reads /^/ as /^/m.
  const separator = perlRegexp(pattern, pattern === "^" ? "gm" : "g");
  const literal = literalOf(pattern);
  if (literal !== undefined) return (text) => (text === "" ? [] : text.split(literal));
  return (text) => splitBy(text, separator);
}

/** The separator as plain text, where it is: String.split is several times faster with one. */
function literalOf(pattern: ByteString): string | undefined {
  if (pattern === "\\t") return "\t";
  const text = pattern.replace(/\\([^\w\s])/g, "$1");
  const plain = /^(?:[^\\^$.|?*+()[\]{}]|\\[^\w\s])+$/.test(pattern);
  return plain ? text : undefined;
}

function splitBy(text: ByteString, separator: RegExp): ByteString[] {
  const fields: ByteString[] = [];
  let start = 0;
  while (start < text.length) {
    const match = matchBeyond(text, separator, start);
    if (match === null) break;
    fields.push(text.slice(start, match.index));
    for (let group = 1; group < match.length; group++) fields.push(match[group] ?? "");
    start = match.index + match[0].length;
  }
  // The rest, which is empty where the text ended in a separator.
  if (text !== "") fields.push(text.slice(start));
  return fields;
}

/** The first match at or after `start` that ends beyond it: an empty separator never stands before a field. */
function matchBeyond(text: ByteString, separator: RegExp, start: number): RegExpExecArray | null {
  separator.lastIndex = start;
  const match = separator.exec(text);
  if (match === null || match.index + match[0].length > start) return match;
  separator.lastIndex = start + 1;
  return separator.exec(text);
}
