import type { ByteString } from "../../../bytes/bytes.ts";
import { delimited, delimiter, expect, refuse, secondHalf, take } from "./cursor.ts";
import { applied, nullary, quoting, several, unary } from "./functions.ts";
import { ADDITIVE, TERNARY } from "./operators.ts";
import { parseWhole, type Source } from "./source.ts";
import { interpolated, plainString } from "./strings.ts";
import { match, patternOf, substitution } from "./substitute.ts";
import { transliteration } from "./transliterate.ts";
import { type Run, toText } from "./values.ts";

/** $_ */
export const topic: Run = (environment) => environment.topic;

/** What starts with a letter: functions and s, y, q and the like. */
export function parseWord(source: Source, word: ByteString): Run {
  if (/^(?:s|y|tr|m|q|qq)$/.test(word)) return parseQuoteLike(source, word);
  const ofNothing = nullary[word];
  if (ofNothing !== undefined) {
    expect(source, /\(\s*\)|(?=\s*(?:;|$))/y);
    return ofNothing;
  }
  const ofSeveral = several[word];
  if (ofSeveral !== undefined) {
    const values = parseArguments(source);
    return (environment) => ofSeveral(values.map((value) => value(environment)));
  }
  const ofOne = unary[word] ?? quoting[word] ?? refuse();
  return applied(ofOne, parseArgument(source, word in unary));
}

/** (value), or a value without parentheses, or nothing at all for $_. */
function parseArgument(source: Source, optional: boolean): Run {
  if (take(source, /\(/y)) {
    if (take(source, /\)/y)) return optional ? topic : refuse();
    const value = source.parse(source, TERNARY);
    expect(source, /\)/y);
    return value;
  }
  if (take(source, /(?=[$"'])|(?=(?:uc|lc|ucfirst|lcfirst)\b)/y) !== undefined) {
    return source.parse(source, ADDITIVE);
  }
  if (!optional || take(source, /(?=[;)?:,]|$|==|(?:eq|ne|if|unless|and|or)\b)/y) === undefined) refuse();
  return topic;
}

function parseArguments(source: Source): readonly Run[] {
  expect(source, /\(/y);
  const values: Run[] = [];
  do {
    // In a list, a match would give its groups.
    if (take(source, /(?=\/|m\b|s\b|y\b|tr\b)/y) !== undefined) refuse();
    values.push(source.parse(source, TERNARY));
  } while (take(source, /,/y));
  expect(source, /\)(?!\s*=(?![=~]))/y);
  return values;
}

function parseQuoteLike(source: Source, word: ByteString): Run {
  const open = delimiter(source);
  const body = delimited(source, open);
  if (word === "q") return plainString(body);
  if (word === "qq") return interpolated(body, source.groups);
  if (word === "m") return match(patternOf(body, flagsHere(source, /[imsx]*/y), source), topic);
  const other = secondHalf(source, open);
  if (word !== "s") return transliteration(body, other, flagsHere(source, /[cdsr]*/y));
  const flags = flagsHere(source, /[imsxger]*/y);
  const replacement = flags.includes("e")
    ? parseCode(other, flags, source)
    : interpolated(other, source.groups);
  const pattern = patternOf(body, flags.replace(/[er]/g, ""), source);
  return substitution(pattern, replacement, flags.includes("r"));
}

/** The replacement of s///e: one expression. */
function parseCode(text: ByteString, flags: ByteString, source: Source): Run {
  if (flags.split("e").length > 2) refuse();
  const run = parseWhole({ ...source, text, at: 0 });
  return (environment) => toText(run(environment));
}

/** The letters right behind a closing delimiter, all of them known. */
export function flagsHere(source: Source, known: RegExp): ByteString {
  known.lastIndex = source.at;
  const [flags] = known.exec(source.text)!;
  source.at += flags.length;
  return /\w/.test(source.text.charAt(source.at)) ? refuse() : flags;
}
