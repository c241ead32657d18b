import type { ByteString } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { Lookup } from "./lookup.ts";
import type { OptionRow } from "./table/row.ts";

/** One option as it was given. `value` is undefined for flags and for optional values that were left out. */
export interface Occurrence {
  readonly row: OptionRow;
  readonly value: ByteString | undefined;
}

export interface ParsedWords {
  readonly occurrences: readonly Occurrence[];
  /** From the first word on that is no option. */
  readonly rest: readonly ByteString[];
}

/**
 * Reads options as perl's Getopt::Long does with bundling and require_order, which is what GNU parallel's users know:
 * options end at `--` or at the first word that is none; `-kvj2` is `-k -v -j 2`; a value may stand in the next word,
 * whatever it looks like; long names may be abbreviated.
 */
export function parseWords(words: readonly ByteString[], names: Lookup): ParsedWords {
  const queue = [...words];
  const occurrences: Occurrence[] = [];
  while (queue.length > 0) {
    const word = queue[0]!;
    if (!word.startsWith("-") || word === "-") break;
    queue.shift();
    if (word === "--") break;
    if (word.startsWith("--")) occurrences.push(longOption(word.slice(2), queue, names));
    else occurrences.push(...bundle(word.slice(1), queue, names));
  }
  return { occurrences, rest: queue };
}

function longOption(word: ByteString, queue: ByteString[], names: Lookup): Occurrence {
  const equals = word.indexOf("=");
  const typed = equals < 0 ? word : word.slice(0, equals);
  const row = names.long(typed);
  const attached = equals < 0 ? undefined : word.slice(equals + 1);
  if (isFlag(row)) {
    if (attached !== undefined) usage(`Option ${typed} does not take an argument`);
    return { row, value: undefined };
  }
  if (attached === undefined) return { row, value: nextValue(row, typed, queue) };
  if (attached === "" && !isOptional(row)) usage(`Option ${typed} requires an argument`);
  if (attached !== "" && !isNumeric(row, attached)) usage(invalid(row, typed, attached));
  return { row, value: attached };
}

function bundle(letters: ByteString, queue: ByteString[], names: Lookup): Occurrence[] {
  const occurrences: Occurrence[] = [];
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i]!;
    const row = names.letter(letter);
    if (isFlag(row)) {
      occurrences.push({ row, value: undefined });
      continue;
    }
    const attached = letters.slice(i + 1);
    if (attached === "") {
      occurrences.push({ row, value: nextValue(row, letter, queue) });
      break;
    }
    // A number takes only its own characters: -l2k is -l 2 -k. A string takes all of them.
    const taken = numberAtStart(row, attached) ?? attached;
    if (taken === "" && !isOptional(row)) usage(invalid(row, letter, attached));
    occurrences.push({ row, value: taken === "" ? undefined : taken });
    i += taken.length;
  }
  return occurrences;
}

function nextValue(row: OptionRow, typed: ByteString, queue: ByteString[]): ByteString | undefined {
  const next = queue[0];
  if (isOptional(row)) {
    const takes = next !== undefined && isNumeric(row, next) && (!next.startsWith("-") || next === "-");
    return takes ? queue.shift() : undefined;
  }
  if (next === undefined) usage(`Option ${typed} requires an argument`);
  if (!isNumeric(row, next)) usage(invalid(row, typed, next));
  return queue.shift();
}

const INT = /^[-+]?\d+/;
const FLOAT = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/;

/** The number at the start of the text, "" where there is none; undefined where the option takes any string. */
function numberAtStart(row: OptionRow, text: ByteString): ByteString | undefined {
  if (row.value === "int") return INT.exec(text)?.[0] ?? "";
  if (row.value === "float" || row.value === "optionalFloat") return FLOAT.exec(text)?.[0] ?? "";
  return undefined;
}

function isNumeric(row: OptionRow, text: ByteString): boolean {
  const number = numberAtStart(row, text);
  return number === undefined || (number !== "" && number === text);
}

function isFlag(row: OptionRow): boolean {
  return row.value === undefined || row.value === "flag";
}

function isOptional(row: OptionRow): boolean {
  return row.value === "optionalString" || row.value === "optionalFloat";
}

function invalid(row: OptionRow, typed: ByteString, value: ByteString): string {
  const expected = row.value === "int" ? "number" : "real number";
  return `Value "${value}" invalid for option ${typed} (${expected} expected)`;
}

function usage(message: string): never {
  throw new YonderError("USAGE", { message });
}
