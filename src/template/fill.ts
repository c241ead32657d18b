import type { ByteString } from "../bytes/bytes.ts";
import { type ContextWord, contextWords } from "./context-words.ts";
import type { Fragment, Part } from "./parse.ts";
import { shellQuote } from "./quote.ts";
import { NO_VALUE, type Scope } from "./scope.ts";

export type Fill = (scope: Scope) => ByteString;

/** Fills a text in: the values of each replacement string are joined with blanks. */
export function fillText(parts: readonly Part[], how: { context: boolean; quoted: boolean }): Fill {
  const { quoted } = how;
  if (!how.context) {
    return (scope) => {
      let text = "";
      for (const part of parts) text += typeof part === "string" ? part : joined(part, scope, quoted);
      return text;
    };
  }
  const words = contextWords(parts);
  return (scope) =>
    words.map((word) => (typeof word === "string" ? word : repeat(word, scope, quoted).join(" "))).join("");
}

/** Fills words in that are quoted whole (-q); where several values were joined, each side is a word of its own. */
export function fillWords(words: readonly (readonly Part[])[], context: boolean): Fill {
  const compiled = words.map((parts) => (context ? contextWords(parts) : parts));
  return (scope) =>
    compiled
      .flatMap((word) => pieces(word, scope))
      .map(shellQuote)
      .join(" ");
}

function pieces(word: readonly (Part | ContextWord)[], scope: Scope): readonly ByteString[] {
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
    return computed(fragment, scope.args[0]!, scope, quoted) ?? "";
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
    const result = computed(fragment, value, scope, quoted);
    return result === undefined ? [] : [result];
  }
  const results = args.map((value) => computed(fragment, value, scope, quoted));
  return results.filter((result) => result !== undefined);
}

/** Undefined for nothing at all: a task without values. */
function computed(
  fragment: Fragment,
  value: ByteString,
  scope: Scope,
  quoted: boolean,
): ByteString | undefined {
  scope.unquoted = false;
  const result = fragment.expression.evaluate(value, scope);
  if (result === NO_VALUE) return undefined;
  return quoted && !scope.unquoted ? shellQuote(result) : result;
}
