import type { ByteString } from "../bytes/bytes.ts";
import type { ContextWord } from "./context-words.ts";
import { evaluated } from "./fill.ts";
import { BEYOND, type Fragment, isFragment, type Part } from "./parse.ts";
import { shellQuote } from "./quote.ts";
import type { Scope } from "./scope.ts";

/** How a command line grows with its rows. */
export interface Growth {
  /** So many rows later no row changes what is there already; it only adds to it. */
  readonly settledRows: number;
  /**
   * How many bytes `added`, the scope of one row alone, adds at most to a task whose first rows are those of `first`.
   *
   * Every value goes into every replacement string that is for all values, with a blank before it; in a word that is
   * repeated, everything else is repeated for each value.
   */
  most(first: Scope, added: Scope): number;
}

export function growthOf(parts: readonly (Part | ContextWord)[]): Growth {
  const growing = parts.filter((part) => typeof part !== "string");
  const positions = growing
    .flatMap((part) => ("parts" in part ? part.parts : [part]))
    .filter(isFragment)
    .filter(({ position }) => position !== BEYOND)
    .map(({ position }) => (position < 0 ? Number.POSITIVE_INFINITY : position));
  return {
    settledRows: Math.max(1, ...positions),
    most: (first, added) => growing.reduce((sum, part) => sum + grown(part, first, added), 0),
  };
}

function grown(part: Fragment | ContextWord, first: Scope, added: Scope): number {
  if (!("parts" in part)) return part.position === 0 ? lengthOfAll(part, added) : 0;
  const times = added.args.length;
  const lengths = part.parts.map((piece) => {
    if (typeof piece === "string") return times * (shellQuote(piece).length + QUOTES);
    if (piece.position === 0) return lengthOfAll(piece, added);
    const value = first.args[piece.position - 1];
    return value === undefined ? 0 : times * lengthOf(piece, value, first);
  });
  return lengths.reduce((sum, length) => sum + length, times);
}

function lengthOfAll(fragment: Fragment, scope: Scope): number {
  return scope.args.reduce((sum, value) => sum + lengthOf(fragment, value, scope), 0);
}

/** A value, quoted, with a blank, and as much as quoting can add where it splits a word that is quoted itself. */
function lengthOf(fragment: Fragment, value: ByteString, scope: Scope): number {
  return (evaluated(fragment, value, scope, true) ?? "").length + 1 + QUOTES;
}

const QUOTES = 4;
