import type { ByteString } from "../../../bytes/bytes.ts";
import { shellQuote } from "../../quote.ts";
import { refuse } from "./cursor.ts";
import { format } from "./format.ts";
import { type Environment, type Run, sure, toNumber, toText, type Value } from "./values.ts";

/** Functions of one value, $_ where none is given. */
export const unary: { readonly [name: string]: ((value: Value) => Value) | undefined } = {
  uc: (value) => upper(toText(value)),
  lc: (value) => lower(toText(value)),
  ucfirst: (value) => upper(toText(value).slice(0, 1)) + toText(value).slice(1),
  lcfirst: (value) => lower(toText(value).slice(0, 1)) + toText(value).slice(1),
  length: (value) => toText(value).length,
  int: (value) => sure(Math.trunc(toNumber(value)) + 0),
  abs: (value) => Math.abs(toNumber(value)),
  sqrt: (value) => (toNumber(value) < 0 ? refuse() : sure(Math.sqrt(toNumber(value)))),
};

/** GNU parallel's functions of one value, which has to be given. */
export const quoting: { readonly [name: string]: ((value: Value) => Value) | undefined } = {
  Q: (value) => shellQuote(toText(value)),
  pQ: (value) => toText(value).replace(/[\\"$@]/g, "\\$&"),
};

/** Functions of the task. */
export const nullary: { readonly [name: string]: Run | undefined } = {
  seq: ({ scope }) => scope.context.seq,
  slot: ({ scope }) => scope.context.slot,
  total_jobs: ({ scope }) => scope.context.total(),
  uq: ({ scope }) => {
    scope.unquoted = true;
    return 1;
  },
  skip: ({ scope }) => {
    scope.skipped = true;
    return 1;
  },
};

/** Functions of several values, in parentheses. */
export const several: { readonly [name: string]: ((values: readonly Value[]) => Value) | undefined } = {
  substr: ([text, from, length, ...more]) => {
    if (text === undefined || from === undefined || more.length > 0) return refuse();
    return substring(toText(text), toNumber(from), length === undefined ? undefined : toNumber(length));
  },
  index: ([text, part, ...more]) => {
    if (text === undefined || part === undefined || more.length > 0) return refuse();
    return toText(text).indexOf(toText(part));
  },
  rindex: ([text, part, ...more]) => {
    if (text === undefined || part === undefined || more.length > 0) return refuse();
    return toText(text).lastIndexOf(toText(part));
  },
  sprintf: ([template, ...values]) => (template === undefined ? refuse() : format(toText(template), values)),
};

export function applied(compute: (value: Value) => Value, argument: Run): Run {
  return (environment: Environment) => compute(argument(environment));
}

function substring(text: ByteString, from: number, length: number | undefined): ByteString {
  const start = Math.trunc(from);
  if (start < 0 || start > text.length || (length !== undefined && length < 0)) refuse();
  return text.slice(start, length === undefined ? undefined : start + Math.trunc(length));
}

function upper(text: ByteString): ByteString {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

function lower(text: ByteString): ByteString {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
