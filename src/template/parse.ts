import type { ByteString } from "../bytes/bytes.ts";
import type { Expression } from "./expression.ts";
import { javascriptExpression } from "./javascript.ts";
import type { ReplacementOptions, TemplateOptions } from "./options.ts";
import { perlExpression } from "./perl/expression.ts";
import type { Tag } from "./tag-makers.ts";
import { escapeRegexp, type TagSearch, tagSearch } from "./tag-search.ts";
import { tagsOf } from "./tags.ts";

/** A replacement string found in a text. */
export interface Fragment {
  readonly expression: Expression;
  /** 0: all values; n: the n-th; -n: the n-th last. */
  readonly position: number;
}

export type Part = ByteString | Fragment;

/** The position of a value that no task has. */
export const BEYOND: number = Number.POSITIVE_INFINITY;

export function isFragment(part: Part): part is Fragment {
  return typeof part !== "string";
}

export type Parser = (text: ByteString) => readonly Part[];

/**
 * Cuts a text into literal text and replacement strings.
 *
 * Expressions in their own parentheses come first. The tags are looked for one after the other over the whole text, in
 * their order of precedence; what one has found is not looked at again. So of two tags that overlap the longer wins,
 * wherever they start.
 */
export function parserOf(options: ReplacementOptions & Partial<TemplateOptions>): Parser {
  const names = options.names ?? [];
  const tags = tagsOf(options).map((tag) => tagFinder(tag, names));
  const finders = [perlFinder(options, names), javascriptFinder(names), ...tags];
  return (text) => finders.reduce<readonly Part[]>((parts, find) => parts.flatMap(find), [text]);
}

type Finder = (part: Part) => readonly Part[];

/** {= expression =}, {=2 expression =}, {=name expression =}: the innermost where they are nested. */
function perlFinder(options: ReplacementOptions, names: readonly ByteString[]): Finder {
  const [left, right] = options.parens ?? ["{=", "=}"];
  // Parentheses of nothing would be everywhere.
  if (left === "" || right === "") return (part) => [part];
  const open = escapeRegexp(left);
  const pattern = (): RegExp => new RegExp(`${open}((?:(?!${open})[\\s\\S])*?)${escapeRegexp(right)}`, "g");
  return finder({ probes: [left, right], pattern }, ([source = ""]) => {
    const positioned = new RegExp(`^(${positionsOf(names)})?([\\s\\S]*)$`);
    const [, position, code = ""] = positioned.exec(source)!;
    return { expression: perlExpression(code.trimStart()), position: positionOf(position, names) };
  });
}

/** {@ expression @}, {@2 expression @}: with blanks, so that it cannot be anything that a command means. */
function javascriptFinder(names: readonly ByteString[]): Finder {
  const pattern = (): RegExp => new RegExp(`\\{@(${positionsOf(names)})?\\s([\\s\\S]*?)\\s@\\}`, "g");
  return finder({ probes: ["{@", "@}"], pattern }, ([position, code = ""]) => {
    return { expression: javascriptExpression(code), position: positionOf(position, names) };
  });
}

function positionsOf(names: readonly ByteString[]): ByteString {
  return ["-?\\d+", ...names.map(escapeRegexp)].join("|");
}

function tagFinder(tag: Tag, names: readonly ByteString[]): Finder {
  return finder(tagSearch(tag.text, positionsOf(names)), ([position, ...groups]) => {
    const wanted = positionOf(position, names);
    // A string with a position of its own, {#}, cannot have another: {2#} is nothing.
    const both = wanted !== 0 && tag.position !== 0;
    return {
      expression: tag.expression(groups.map((group) => group ?? "")),
      position: both ? BEYOND : wanted || tag.position,
    };
  });
}

/** Finds fragments in literal text. */
function finder(
  search: TagSearch,
  fragmentOf: (groups: readonly (ByteString | undefined)[]) => Fragment,
): Finder {
  return (part) => {
    if (typeof part !== "string" || !search.probes.every((probe) => part.includes(probe))) return [part];
    const found: Part[] = [];
    let at = 0;
    for (const match of part.matchAll(search.pattern())) {
      if (match.index > at) found.push(part.slice(at, match.index));
      at = match.index + match[0].length;
      found.push(fragmentOf(match.slice(1)));
    }
    if (at < part.length) found.push(part.slice(at));
    return found;
  };
}

function positionOf(position: ByteString | undefined, names: readonly ByteString[]): number {
  if (position === undefined || position === "") return 0;
  const column = names.indexOf(position);
  return column >= 0 ? column + 1 : Number(position);
}
