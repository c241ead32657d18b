import { readFile } from "node:fs/promises";
import { task } from "yonder-run";

/** Of each word, the books that have it, with how often. */
export type Index = Map<string, Map<string, number>>;

/** Counts the words of one book. */
export const wordsOf = task(async (path: string, book: string): Promise<Index> => {
  const index: Index = new Map();
  const text = await readFile(path, "utf8");
  for (const [word] of text.toLowerCase().matchAll(/[a-z]+(?:['’][a-z]+)?/g)) {
    const found = index.get(word) ?? new Map<string, number>();
    index.set(word, found.set(book, (found.get(book) ?? 0) + 1));
  }
  return index;
});

/** Joins two indexes of different books. */
export const merged = task((one: Index, other: Index): Index => {
  for (const [word, books] of other) {
    const known = one.get(word);
    if (known === undefined) one.set(word, books);
    else for (const [book, count] of books) known.set(book, count);
  }
  return one;
});
