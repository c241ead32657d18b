import type { ByteString } from "../bytes/bytes.ts";

/** Where arguments come from, in the order of the command line. */
export type InputSource =
  | { readonly kind: "values"; readonly values: readonly ByteString[]; readonly linked: boolean }
  /** "-" is standard input. */
  | { readonly kind: "file"; readonly path: ByteString; readonly linked: boolean };

export interface Separators {
  readonly argSep: ByteString;
  readonly argFileSep: ByteString;
}

/** Parts the words behind the options into the command and the groups after ::: :::+ :::: ::::+. */
export function splitSources(
  words: readonly ByteString[],
  separators: Separators,
): { command: ByteString[]; sources: InputSource[] } {
  const groups = groupWords(words, separators);
  const sources = groups.flatMap((group): InputSource[] => {
    if (group.kind === "values") return [{ kind: "values", values: group.words, linked: group.linked }];
    return group.words.map((path) => ({ kind: "file", path, linked: group.linked }));
  });
  const first = words.findIndex((word) => separatorOf(word, separators) !== undefined);
  return { command: words.slice(0, first < 0 ? words.length : first), sources };
}

interface Group {
  readonly kind: "values" | "file";
  readonly linked: boolean;
  readonly words: ByteString[];
}

function groupWords(words: readonly ByteString[], separators: Separators): Group[] {
  const groups: Group[] = [];
  for (const word of words) {
    const separator = separatorOf(word, separators);
    if (separator) groups.push({ ...separator, words: [] });
    else groups.at(-1)?.words.push(word);
  }
  return groups;
}

function separatorOf(
  word: ByteString,
  { argSep, argFileSep }: Separators,
): Pick<Group, "kind" | "linked"> | undefined {
  if (word === argSep || word === `${argSep}+`) return { kind: "values", linked: word !== argSep };
  if (word === argFileSep || word === `${argFileSep}+`) return { kind: "file", linked: word !== argFileSep };
  return undefined;
}
