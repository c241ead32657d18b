import { type ByteString, decodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";

/** A piece of a condition. `and`, `or` and `not` are signs, however they are written. */
export interface Token {
  readonly type: "word" | "quoted" | "sign" | "end";
  readonly text: ByteString;
  /** Where it begins, from 0. */
  readonly at: number;
}

const PIECE = /\s*(?:([<>!=]=|[=<>()])|"([^"]*)"|'([^']*)'|([^\s<>=!()"']+))/y;
const WORD_SIGN = /^(?:and|or|not)$/i;

/** The pieces of a condition; the last is its end. @throws YonderError USAGE */
export function tokens(text: ByteString): Token[] {
  const found: Token[] = [];
  const end = text.trimEnd().length;
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < end) {
    const from = PIECE.lastIndex;
    const piece = PIECE.exec(text);
    if (piece === null) throw notAPiece(text, from);
    const [all, sign, double, single, word] = piece;
    const at = from + all.length - all.trimStart().length;
    if (sign !== undefined) found.push({ type: "sign", text: sign === "==" ? "=" : sign, at });
    else if (word === undefined) found.push({ type: "quoted", text: double ?? single ?? "", at });
    else if (WORD_SIGN.test(word)) found.push({ type: "sign", text: word.toLowerCase(), at });
    else found.push({ type: "word", text: word, at });
  }
  found.push({ type: "end", text: "", at: end });
  return found;
}

function notAPiece(text: ByteString, from: number): YonderError {
  const at = from + text.slice(from).search(/\S/);
  const what = text[at] === "!" ? "! means nothing without = behind it (not does)" : "a quote is not closed";
  return unreadable(text, at, text.slice(at).trimEnd(), what);
}

/** What is wrong, and where: `found` stands there, nothing at the end. */
export function unreadable(text: ByteString, at: number, found: ByteString, what: string): YonderError {
  const character = decodeText(text.slice(0, at)).length + 1;
  const place = found === "" ? "at its end" : `at character ${character}, "${decodeText(found)}"`;
  return new YonderError("USAGE", {
    message: `--where '${decodeText(text)}' cannot be read: ${what} ${place}.`,
    remedy: "conditions are like: gpu and (mem>=64G or cores>16) and not arch=arm64",
  });
}
