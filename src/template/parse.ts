import type { ByteString } from "../bytes/bytes.ts";
import type { Expression } from "./expression.ts";
import type { ReplacementOptions } from "./options.ts";
import { escapeRegexp, type Tag, tagPattern, tagsOf } from "./tags.ts";

/** A replacement string found in a text. */
export interface Fragment {
  readonly expression: Expression;
  /** 0: all values; n: the n-th; -n: the n-th last. */
  readonly position: number;
}

export type Part = ByteString | Fragment;

export type Parser = (text: ByteString) => readonly Part[];

/**
 * Cuts a text into literal text and replacement strings.
 *
 * The tags are looked for one after the other over the whole text, in their order of precedence; what one has found
 * is not looked at again. So of two tags that overlap the longer wins, wherever they start.
 */
export function parserOf(options: ReplacementOptions): Parser {
  const names = options.names ?? [];
  const positions = ["-?\\d+", ...names.map(escapeRegexp)].join("|");
  const finders = tagsOf(options).map((tag) => finder(tag, tagPattern(tag, positions), names));
  return (text) => finders.reduce<readonly Part[]>((parts, find) => parts.flatMap(find), [text]);
}

function finder(tag: Tag, pattern: RegExp, names: readonly ByteString[]): (part: Part) => readonly Part[] {
  // Nearly every tag begins with a character that most texts have not.
  const first = tag.text[0]!;
  return (part) => {
    if (typeof part !== "string" || (first !== "(" && !part.includes(first))) return [part];
    const found: Part[] = [];
    let start = 0;
    for (const match of part.matchAll(pattern)) {
      if (match.index > start) found.push(part.slice(start, match.index));
      start = match.index + match[0].length;
      const [, position, ...groups] = match;
      found.push({ expression: tag.expression(groups), position: positionOf(position, names) });
    }
    if (start < part.length) found.push(part.slice(start));
    return found;
  };
}

function positionOf(position: ByteString | undefined, names: readonly ByteString[]): number {
  if (position === undefined || position === "") return 0;
  const column = names.indexOf(position);
  return column >= 0 ? column + 1 : Number(position);
}
