import type { ByteString } from "./bytes.ts";

/**
 * Splits a text into words as GNU parallel splits $PARALLEL and the lines of profiles: at blanks and newlines; quotes
 * hold words together; a backslash takes the next character as it is, inside double quotes too. Nothing is expanded.
 *
 * undefined where a quote is not closed.
 */
export function shellWords(text: ByteString): ByteString[] | undefined {
  const words: ByteString[] = [];
  const piece = /([ \t\n\r\f\v]+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^ \t\n\r\f\v'"\\]+)/sy;
  let word: ByteString | undefined;
  while (piece.lastIndex < text.length) {
    const at = piece.lastIndex;
    const found = piece.exec(text);
    if (!found) {
      // A backslash at the very end stands for itself; anything else here is a quote that nothing closes.
      if (at !== text.length - 1 || text[at] !== "\\") return undefined;
      word = (word ?? "") + "\\";
      break;
    }
    const [, blank, single, double, escaped, plain] = found;
    if (blank === undefined) {
      word = (word ?? "") + (single ?? double?.replace(/\\(.)/gs, "$1") ?? escaped ?? plain ?? "");
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
