import type { ByteString } from "../bytes/bytes.ts";

/**
 * The bytes that a -d argument stands for: C's escapes, octal (\0 to \377) and hexadecimal (\x0 to \xff). A backslash
 * before anything else is itself.
 */
export function decodeDelimiter(text: ByteString): ByteString {
  return text.replace(/\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|([abfnrtv\\]))/g, (_, octal, hex, letter) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return letters[letter]!;
  });
}

const letters: { readonly [letter: string]: string } = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};
