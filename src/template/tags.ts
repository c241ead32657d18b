import type { ByteString } from "../bytes/bytes.ts";
import { perlRegexp } from "../bytes/perl-regexp.ts";
import type { Expression } from "./expression.ts";
import type { ReplacementOptions } from "./options.ts";
import { basename, basenameWithoutExtension, dirname, withoutExtension } from "./paths.ts";
import { perlExpression } from "./perl/expression.ts";
import { plusTags } from "./plus.ts";
import { taskTag, valueTag } from "./tag-makers.ts";

/** A replacement string as it is spelt, before it is looked for in a text. */
export interface Tag {
  /** Groups in parentheses are regular expressions: "{%(.*?)}". */
  readonly text: ByteString;
  /** The value that it is computed from, where its definition says so: 1 for {#}, which there is once for a task. */
  readonly position: number;
  /** The meaning, given what the groups matched. */
  expression(groups: readonly ByteString[]): Expression;
}

/** The tags of a job, those first that take precedence: long before short, then in the order of definition. */
export function tagsOf(options: ReplacementOptions): readonly Tag[] {
  const defined = (options.rpl ?? []).map(definedTag);
  const standard = standardTags(options);
  const tags = [...defined, ...standard, ...(options.plus ? plusTags() : [])];
  const wanted = tags.filter(
    ({ text }, index) => text !== "" && tags.findIndex((tag) => tag.text === text) === index,
  );
  return wanted.sort((a, b) => b.text.length - a.text.length);
}

/** --rpl 'tag perl expression'; an expression that starts with a number is of the value at that position. */
function definedTag(definition: ByteString): Tag {
  const [, text = "", position = "0", code = ""] = /^(\S*)\s?(\d+)?([\s\S]*)$/.exec(definition)!;
  return { text, position: Number(position), expression: (groups) => perlExpression(code, groups) };
}

function standardTags(options: ReplacementOptions): readonly Tag[] {
  return [
    valueTag(options.replace ?? "{}", (value) => value),
    taskTag(options.seqReplace ?? "{#}", { seq: true }, (scope) => String(scope.context.seq)),
    taskTag(options.slotReplace ?? "{%}", { slot: true }, (scope) => String(scope.context.slot)),
    valueTag(options.basenameReplace ?? "{/}", basename),
    valueTag(options.dirnameReplace ?? "{//}", dirname),
    valueTag(options.basenameExtensionReplace ?? "{/.}", basenameWithoutExtension),
    valueTag(options.extensionReplace ?? "{.}", withoutExtension),
  ];
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
