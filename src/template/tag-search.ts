import type { ByteString } from "../bytes/bytes.ts";
import { perlRegexp } from "../bytes/perl-regexp.ts";

/** How a tag is found in a text. */
export interface TagSearch {
  /** A text without all of these has no such tag: nearly every text, so that few patterns are ever needed. */
  readonly probes: readonly ByteString[];
  /** Its first group is the position, where the tag can have one; the others are the tag's own. */
  pattern(): RegExp;
}

/** `positions` matches what can stand behind the brace of a tag that starts with one: {2.} */
export function tagSearch(tag: ByteString, positions: ByteString): TagSearch {
  const positional = tag.startsWith("{");
  const [literal = "", ...rest] = splitGroups(positional ? tag.slice(1) : tag);
  return {
    probes: positional ? ["{", literal] : [literal],
    pattern() {
      const start = (positional ? `\\{(${positions})?` : "()") + escapeRegexp(literal);
      if (rest.length === 0) return new RegExp(start, "g");
      // Everything outside of the groups stands for itself.
      const parts = rest.map((part, index) => (index % 2 === 0 ? part : escapeRegexp(part)));
      return perlRegexp(start + parts.join(""), "g");
    },
  };
}

/** Literal, group, literal, group, ... literal. A parenthesis without its partner is literal. */
function splitGroups(text: ByteString): ByteString[] {
  const parts: ByteString[] = [];
  let start = 0;
  for (let open = text.indexOf("("); open >= 0; open = text.indexOf("(", open)) {
    const end = endOfGroup(text, open);
    if (end < 0) break;
    parts.push(text.slice(start, open), text.slice(open, end));
    start = open = end;
  }
  return [...parts, text.slice(start)];
}

function endOfGroup(text: ByteString, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at + 1;
  }
  return -1;
}

export function escapeRegexp(text: ByteString): ByteString {
  return text.replace(/[^\w\x80-\xff]/g, "\\$&");
}
