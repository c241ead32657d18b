import { isFragment, type Part } from "./parse.ts";

/** A run of text without blanks that has a replacement string in it: what -X repeats. */
export interface ContextWord {
  readonly parts: readonly Part[];
}

/** Cuts a text into the words that -X repeats and what stands between them. */
export function contextWords(parts: readonly Part[]): readonly (string | ContextWord)[] {
  const words: (string | ContextWord)[] = [];
  let current: Part[] = [];
  const close = (): void => {
    if (current.length > 0) words.push(current.some(isFragment) ? { parts: current } : current.join(""));
    current = [];
  };
  for (const part of parts) {
    if (typeof part !== "string") current.push(part);
    else {
      for (const piece of part.split(BLANKS)) {
        if (piece === "") continue;
        if (BLANK.test(piece)) {
          close();
          words.push(piece);
        } else current.push(piece);
      }
    }
  }
  close();
  return words;
}

const BLANKS = /([ \t]+)/;
const BLANK = /^[ \t]/;
