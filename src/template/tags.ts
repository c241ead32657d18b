import type { ByteString } from "../bytes/bytes.ts";
import { perlRegexp } from "../bytes/perl-regexp.ts";
import { type Expression, ofTask, ofValue } from "./expression.ts";
import type { ReplacementOptions } from "./options.ts";
import { basename, basenameWithoutExtension, dirname, withoutExtension } from "./paths.ts";

/** A replacement string as it is spelt, before it is looked for in a text. */
export interface Tag {
  /** Groups in parentheses are regular expressions: "{%(.*?)}". */
  readonly text: ByteString;
  /** The meaning, given what the groups matched. */
  expression(groups: readonly ByteString[]): Expression;
}

/** The tags of a job, those first that take precedence: long before short, then in the order of definition. */
export function tagsOf(options: ReplacementOptions): readonly Tag[] {
  const tags = [...standardTags(options)];
  return tags.filter((tag) => tag.text !== "").sort((a, b) => b.text.length - a.text.length);
}

function standardTags(options: ReplacementOptions): readonly Tag[] {
  return [
    fixed(
      options.replace ?? "{}",
      ofValue((value) => value),
    ),
    fixed(
      options.seqReplace ?? "{#}",
      ofTask({ seq: true }, (scope) => String(scope.context.seq)),
    ),
    fixed(
      options.slotReplace ?? "{%}",
      ofTask({ slot: true }, (scope) => String(scope.context.slot)),
    ),
    fixed(options.basenameReplace ?? "{/}", ofValue(basename)),
    fixed(options.dirnameReplace ?? "{//}", ofValue(dirname)),
    fixed(options.basenameExtensionReplace ?? "{/.}", ofValue(basenameWithoutExtension)),
    fixed(options.extensionReplace ?? "{.}", ofValue(withoutExtension)),
  ];
}

function fixed(text: ByteString, expression: Expression): Tag {
  return { text, expression: () => expression };
}

/** A tag as a regular expression: its first group is the position, where the tag can have one; the others its own. */
export function tagPattern(tag: Tag, positions: ByteString): RegExp {
  const positional = tag.text.startsWith("{");
  const [literal = "", ...rest] = splitGroups(positional ? tag.text.slice(1) : tag.text);
  const start = (positional ? `\\{(${positions})?` : "()") + escapeRegexp(literal);
  if (rest.length === 0) return new RegExp(start, "g");
  // Everything outside of the groups stands for itself.
  const parts = rest.map((part, index) => (index % 2 === 0 ? part : escapeRegexp(part)));
  return perlRegexp(start + parts.join(""), "g");
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
