import type { ByteString } from "../bytes/bytes.ts";
import type { ContextWord } from "./context-words.ts";
import type { Fragment, Part } from "./parse.ts";
import { shellQuote } from "./quote.ts";
import { NO_VALUE, type Scope } from "./scope.ts";

export type Fill = (scope: Scope) => ByteString;

/** Parts, with the words that -X repeats gathered. */
export type Units = readonly (Part | ContextWord)[];

/** Fills a text in: the values of each replacement string are joined with blanks. */
export function fillText(units: Units, quoted: boolean): Fill {
  return (scope) => {
    let text = "";
    for (const unit of units) {
      if (typeof unit === "string") text += unit;
      else if ("parts" in unit) text += repeat(unit, scope, quoted).join(" ");
      else text += joined(unit, scope, quoted);
    }
    return text;
  };
}

/** Fills words in that are quoted whole (-q); where several values were joined, each side is a word of its own. */
export function fillWords(words: readonly Units[]): Fill {
  return (scope) =>
    words
      .flatMap((word) => pieces(word, scope))
      .map(shellQuote)
      .join(" ");
}

function pieces(word: Units, scope: Scope): readonly ByteString[] {
  if (word.length === 0) return [""];
  const done: ByteString[] = [];
  for (const part of word) {
    const values =
      typeof part === "string"
        ? [part]
        : "parts" in part
          ? repeat(part, scope, false)
          : valuesOf(part, scope, false);
    const [first, ...rest] = values;
    if (first !== undefined) done.push((done.pop() ?? "") + first, ...rest);
  }
  return done;
}

function joined(fragment: Fragment, scope: Scope, quoted: boolean): ByteString {
  // One value: no list for it.
  if (fragment.position === 0 && scope.args.length === 1) {
    return evaluated(fragment, scope.args[0]!, scope, quoted) ?? "";
  }
  return valuesOf(fragment, scope, quoted).join(" ");
}

/** A word with replacement strings, once for each value of the one that has the most. */
function repeat(word: ContextWord, scope: Scope, quoted: boolean): readonly ByteString[] {
  const columns = word.parts.map((part) =>
    typeof part === "string" ? [part] : valuesOf(part, scope, quoted),
  );
  const times = columns.reduce((most, column) => Math.max(most, column.length), 0);
  return Array.from({ length: times }, (_, index) =>
    columns.map((column) => (column.length === 1 ? column[0] : column[index]) ?? "").join(""),
  );
}

function valuesOf(fragment: Fragment, scope: Scope, quoted: boolean): readonly ByteString[] {
  const { position } = fragment;
  const { args } = scope;
  if (position !== 0) {
    // A position that the task has no value for is nothing at all, not even a quoted empty word.
    const value = args[position > 0 ? position - 1 : args.length + position];
    if (value === undefined) return [""];
    const result = evaluated(fragment, value, scope, quoted);
    return result === undefined ? [] : [result];
  }
  const results = args.map((value) => evaluated(fragment, value, scope, quoted));
  return results.filter((result) => result !== undefined);
}

/** Undefined for nothing at all: a task without values. */
export function evaluated(
  fragment: Fragment,
  value: ByteString,
  scope: Scope,
  quoted: boolean,
): ByteString | undefined {
  scope.unquoted = false;
  const result = fragment.expression.evaluate(value, scope);
  if (result === NO_VALUE) return undefined;
  return quoted && !scope.unquoted && !scope.context.isRaw ? shellQuote(result) : result;
}
