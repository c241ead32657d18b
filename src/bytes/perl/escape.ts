import { type ByteSet, byteSet, escapeClass } from "../byte-set.ts";
import { invalid, unsupported } from "./errors.ts";

/** What one backslash escape stands for, in a class or outside, and where the text after it begins. */
export interface Escape {
  readonly set: ByteSet;
  /** The char code, where it stands for one character: those can begin and end a range. */
  readonly code: number | undefined;
  readonly end: number;
}

/** Reads the escape whose backslash is at `at`. Anchors, references and \R are the caller's. */
export function readEscape(pattern: string, at: number): Escape {
  const letter = pattern[at + 1];
  if (letter === undefined) throw invalid(pattern, "Trailing \\");
  // These change what \w, \s and /i mean in the whole pattern, to Unicode's rules.
  if ("pP".includes(letter) || pattern.startsWith("N{", at + 1)) throw unsupported(pattern, `\\${letter}{}`);
  const set = escapeClass(letter);
  if (set !== undefined) return { set, code: undefined, end: at + 2 };
  if (letter === "x") return hexCharacter(pattern, at);
  if (letter === "o") return octalBraces(pattern, at);
  if (letter === "c") return one((pattern.charCodeAt(at + 2) & 0x5f) ^ 64, at + 3);
  if (letter >= "0" && letter <= "7") {
    const digits = /^[0-7]{1,3}/.exec(pattern.slice(at + 1))![0];
    return one(Number.parseInt(digits, 8), at + 1 + digits.length);
  }
  const control = controls[letter];
  // Perl passes an unknown escape through as the character itself.
  return one(control ?? letter.charCodeAt(0), at + 2);
}

const controls: { readonly [letter: string]: number | undefined } = {
  t: 9,
  n: 10,
  r: 13,
  f: 12,
  a: 7,
  e: 27,
};

function one(code: number, end: number): Escape {
  const char = String.fromCharCode(code);
  return { set: byteSet((byte) => byte === char), code, end };
}

function hexCharacter(pattern: string, at: number): Escape {
  const braces = /^\{\s*([0-9A-Fa-f_]*)\s*\}/.exec(pattern.slice(at + 2));
  if (braces !== null) return one(parseCode(pattern, braces[1]!, 16), at + 2 + braces[0].length);
  const digits = /^[0-9A-Fa-f]{0,2}/.exec(pattern.slice(at + 2))![0];
  return one(parseCode(pattern, digits, 16), at + 2 + digits.length);
}

function octalBraces(pattern: string, at: number): Escape {
  const braces = /^\{\s*([0-7_]+)\s*\}/.exec(pattern.slice(at + 2));
  if (braces === null) throw invalid(pattern, "Missing braces on \\o{}");
  return one(parseCode(pattern, braces[1]!, 8), at + 2 + braces[0].length);
}

function parseCode(pattern: string, digits: string, base: number): number {
  const code = digits === "" ? 0 : Number.parseInt(digits.replaceAll("_", ""), base);
  if (code > 255) throw unsupported(pattern, "A character above \\x{FF}");
  return code;
}
