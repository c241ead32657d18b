import { type ByteSet, complement, foldCase, posixClass } from "../byte-set.ts";
import { invalid, unsupported } from "./errors.ts";
import { readEscape } from "./escape.ts";

/** Reads the bracketed class whose `[` is at `at`; `end` is just after its `]`. */
export function readClass(pattern: string, at: number, ignoreCase: boolean): { set: ByteSet; end: number } {
  const negated = pattern[at + 1] === "^";
  const first = at + (negated ? 2 : 1);
  const members: boolean[] = new Array<boolean>(256).fill(false);
  let index = first;
  // A "]" in the first place is an ordinary member.
  while (index === first || pattern[index] !== "]") {
    const item = readItem(pattern, index);
    const upper = item.code === undefined ? undefined : rangeEnd(pattern, item.end);
    if (upper === undefined) {
      item.set.forEach((has, code) => {
        if (has) members[code] = true;
      });
      index = item.end;
    } else {
      if (upper.code! < item.code!) throw invalid(pattern, "Invalid [] range");
      for (let code = item.code!; code <= upper.code! && code < 256; code++) members[code] = true;
      index = upper.end;
    }
  }
  const set = ignoreCase ? foldCase(members) : members;
  return { set: negated ? complement(set) : set, end: index + 1 };
}

interface Item {
  readonly set: ByteSet;
  readonly code: number | undefined;
  readonly end: number;
}

function readItem(pattern: string, at: number): Item {
  const char = pattern[at];
  if (char === undefined) throw invalid(pattern, "Unmatched [");
  if (char === "[") return readPosix(pattern, at) ?? literal(char, at);
  if (char !== "\\") return literal(char, at);
  // Inside a class \b is a backspace.
  if (pattern[at + 1] === "b") return { ...literal("\b", at), end: at + 2 };
  return readEscape(pattern, at);
}

function readPosix(pattern: string, at: number): Item | undefined {
  const match = /^\[([:.=])(\^?)(\w+)\1\]/.exec(pattern.slice(at));
  if (match === null) return undefined;
  const [text, kind, caret, name] = match;
  if (kind !== ":") throw unsupported(pattern, text);
  const set = posixClass(name!);
  if (set === undefined) throw invalid(pattern, `POSIX class ${text} unknown`);
  return { set: caret === "^" ? complement(set) : set, code: undefined, end: at + text.length };
}

function literal(char: string, at: number): Item {
  const code = char.charCodeAt(0);
  return { set: Array.from({ length: 256 }, (_, byte) => byte === code), code, end: at + 1 };
}

/** The upper end of a range whose lower end was just read, or undefined where no range follows. */
function rangeEnd(pattern: string, at: number): Item | undefined {
  if (pattern[at] !== "-" || pattern[at + 1] === "]") return undefined;
  const item = readItem(pattern, at + 1);
  return item.code === undefined ? undefined : item;
}
