import type { ByteString } from "./bytes.ts";

/** Words of these characters alone mean themselves to every shell. */
const PLAIN = /^[\w@%+:,./-]+$/;

/** One shell word with exactly these bytes, for every POSIX shell. NUL cannot be in a word and is not looked for. */
export function quoteWord(word: ByteString): ByteString {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
