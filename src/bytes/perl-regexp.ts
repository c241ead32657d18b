import { byteSet, classSource, escapeClass, foldCase } from "./byte-set.ts";
import type { ByteString } from "./bytes.ts";
import { readClass } from "./perl/class.ts";
import { invalid, unsupported } from "./perl/errors.ts";
import { readEscape } from "./perl/escape.ts";
import { closeGroup, openGroup } from "./perl/group.ts";
import { quantifier } from "./perl/quantifier.ts";
import { emit, modified, plainScope, type Scope, type Translation } from "./perl/translation.ts";

/**
 * A perl regular expression over bytes as a JavaScript one, with the same groups under the same numbers.
 *
 * Every class is spelt out over the 256 bytes and case is folded here, so that `\w`, `\s` and /i mean what they mean to
 * perl on bytes (ASCII only) and not what they mean to JavaScript. `flags` are perl's: i m s x n, and g, which the
 * result keeps. Throws UNSUPPORTED for what JavaScript cannot do (possessive, atomic, recursion, code, verbs) and
 * USAGE for what perl would refuse too.
 *
 * Two differences remain, both rare: a back reference to a group that took no part fails in perl and matches "" here;
 * a group inside a repeated group keeps its text over the rounds in perl and is reset here.
 */
export function perlRegexp(pattern: ByteString, flags = ""): RegExp {
  if (!/^[imsxngpadlu]*$/.test(flags) || flags.includes("xx"))
    throw unsupported(pattern, `the modifiers ${flags}`);
  const scope = modified(plainScope, flags);
  const state: Translation = { pattern, at: 0, out: "", groups: 0, scope, outer: [], quoted: false };
  while (state.at < pattern.length) translateNext(state);
  if (state.outer.length > 0) throw invalid(pattern, "Unmatched (");
  try {
    return new RegExp(state.out, flags.includes("g") ? "g" : "");
  } catch (cause) {
    throw invalid(pattern, "Syntax error", cause);
  }
}

function translateNext(state: Translation): void {
  const { pattern, at, scope } = state;
  const char = pattern[at]!;
  if (state.quoted) quotedCharacter(state, char);
  else if (scope.extended && /[\t-\r #]/.test(char)) skipBlanks(state);
  else if (char === "\\") backslash(state);
  else if (char === "(") openGroup(state);
  else if (char === ")") closeGroup(state);
  else if ("*+?{".includes(char)) quantifier(state);
  else if (char === "[") {
    const { set, end } = readClass(pattern, at, scope.ignoreCase);
    emit(state, classSource(set), end);
  } else emit(state, plainSource(char, scope), at + 1);
}

function plainSource(char: string, scope: Scope): string {
  if (char === ".") return scope.dotAll ? "[^]" : "[^\\n]";
  if (char === "^") return scope.multiline ? "(?:^|(?<=\\n)(?=[^]))" : "^";
  if (char === "$") return scope.multiline ? "(?![^\\n])" : endSource;
  return char === "|" ? char : literalSource(char, scope);
}

/** Perl's `$` and `\Z`: the end, or before a last newline. */
const endSource = "(?=\\n?(?![^]))";

function literalSource(char: string, scope: Scope): string {
  if (scope.ignoreCase && /[A-Za-z]/.test(char)) return `[${char.toUpperCase()}${char.toLowerCase()}]`;
  return /[\w ,:;\x80-\xff]/.test(char) ? char : singleByte(char);
}

function singleByte(char: string): string {
  return classSource(byteSet((byte) => byte === char)).slice(1, -1);
}

function quotedCharacter(state: Translation, char: string): void {
  if (state.pattern.startsWith("\\E", state.at)) {
    state.quoted = false;
    emit(state, "", state.at + 2);
  } else {
    emit(state, literalSource(char, state.scope), state.at + 1);
  }
}

/** Under /x: the blanks or the comment here. */
function skipBlanks(state: Translation): void {
  const skipped = /^(?:[\t-\r ]+|#[^\n]*)/.exec(state.pattern.slice(state.at))!;
  emit(state, "", state.at + skipped[0].length);
}

function backslash(state: Translation): void {
  const { pattern, at, scope } = state;
  const letter = pattern[at + 1] ?? "";
  const assertion = assertions[letter];
  if (assertion !== undefined) {
    if ("bB".includes(letter) && pattern[at + 2] === "{") throw unsupported(pattern, `\\${letter}{}`);
    emit(state, assertion, at + 2);
  } else if ("QE".includes(letter) && letter !== "") {
    state.quoted = letter === "Q";
    emit(state, "", at + 2);
  } else if (letter === "R") {
    // Perl never takes a carriage return apart from its newline.
    emit(state, `(?:\\r\\n|(?!\\r\\n)${classSource(escapeClass("v")!)})`, at + 2);
  } else if ("GKX".includes(letter) && letter !== "") {
    throw unsupported(pattern, `\\${letter}`);
  } else if (!backReference(state)) {
    const { set, code, end } = readEscape(pattern, at);
    if (code !== undefined) emit(state, literalSource(String.fromCharCode(code), scope), end);
    else emit(state, classSource(scope.ignoreCase ? foldCase(set) : set), end);
  }
}

const assertions: { readonly [letter: string]: string | undefined } = {
  A: "^",
  z: "(?![^])",
  Z: endSource,
  b: "\\b",
  B: "\\B",
};

/** True where the escape was a back reference: \1 \g1 \g{-1} \g{name} \k{name} \k<name> \k'name'. */
function backReference(state: Translation): boolean {
  const { pattern, at, groups } = state;
  const match = /^\\(?:([1-9]\d*)|g(-?\d+)|g\{(-?\d+)\}|[gk]\{(\w+)\}|k<(\w+)>|k'(\w+)')/.exec(
    pattern.slice(at),
  );
  if (match === null) return false;
  const [text, plain, relative, braced, ...names] = match;
  // Two digits and no such group: an octal escape.
  if (plain !== undefined && plain.length > 1 && Number(plain) > groups) return false;
  if (state.scope.ignoreCase) throw unsupported(pattern, "a back reference under /i");
  const name = names.find((candidate) => candidate !== undefined);
  const number = Number(plain ?? relative ?? braced);
  const group = number < 0 ? groups + 1 + number : number;
  if (name === undefined && group < 1) throw invalid(pattern, "Reference to nonexistent group");
  // In a group of its own, so that a digit that follows is not taken for a part of the number.
  emit(state, name === undefined ? `(?:\\${group})` : `\\k<${name}>`, at + text.length);
  return true;
}
