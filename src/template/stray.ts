import type { ByteString } from "../bytes/bytes.ts";
import type { ReplacementOptions } from "./options.ts";
import { BEYOND, parserOf } from "./parse.ts";
import { plusTags } from "./plus.ts";

/** What looks like a replacement string and does nothing that its writer can have meant. */
export type Stray =
  /** It stays as it is: no column has the name. */
  | { readonly type: "name"; readonly text: ByteString }
  /** It stays as it is without --plus. */
  | { readonly type: "plus"; readonly text: ByteString }
  /** It stands for nothing: no task has so many values. */
  | { readonly type: "position"; readonly position: number };

/** `{name}` and its like, not behind what makes it something of the shell's or git's: `${name}`, `HEAD@{name}`. */
const NAME = /(?<![$@\\])\{([A-Za-z_][\w-]*)(?:\.|\/|\/\/|\/\.)?\}/g;

/** Names of actions and variables of awk, which stand in braces, too. */
const NO_NAMES: ReadonlySet<string> = new Set(["print", "next", "exit", "getline"]);

/** @param count how many values each task has; undefined where that is not known */
export function strays(
  text: ByteString,
  options: ReplacementOptions,
  count: number | undefined,
): readonly Stray[] {
  const parts = parserOf({ ...options, mode: "command" })(text);
  const literal = parts.map((part) => (typeof part === "string" ? part : "\0")).join("");
  return [
    ...(options.names?.some((name) => name !== "") ? unknownNames(literal) : []),
    ...(options.plus ? [] : plusStrings(literal)),
    ...positionsBeyond(
      parts.flatMap((part) => (typeof part === "string" ? [] : [part.position])),
      count,
    ),
  ];
}

function unknownNames(literal: ByteString): Stray[] {
  const found = [...literal.matchAll(NAME)].filter(([, name = ""]) => !NO_NAMES.has(name));
  return unique(found.map(([text]) => text)).map((text) => ({ type: "name", text }));
}

function plusStrings(literal: ByteString): Stray[] {
  const known = plusTags("text").filter(({ text }) => /^\{[^\w(]+\}$|^\{0[#%]\}$/.test(text));
  return known
    .filter(({ text }) => literal.includes(text) && !literal.includes(`$${text}`))
    .map(({ text }) => ({ type: "plus", text }));
}

function positionsBeyond(positions: readonly number[], count: number | undefined): Stray[] {
  if (count === undefined) return [];
  const beyond = positions.filter((position) => Math.abs(position) > count && position !== BEYOND);
  return [...new Set(beyond)].map((position) => ({ type: "position", position }));
}

function unique(texts: readonly ByteString[]): ByteString[] {
  return [...new Set(texts)];
}
