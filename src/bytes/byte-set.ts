/** A set of bytes: 256 flags. What a perl character class means, once its spelling is forgotten. */
export type ByteSet = readonly boolean[];

export function byteSet(contains: (char: string) => boolean): ByteSet {
  return Array.from({ length: 256 }, (_, code) => contains(String.fromCharCode(code)));
}

export function complement(set: ByteSet): ByteSet {
  return set.map((has) => !has);
}

/** The set with both cases of each ASCII letter in it: to perl, bytes above 127 have no case. */
export function foldCase(set: ByteSet): ByteSet {
  return set.map((has, code) => {
    const char = String.fromCharCode(code);
    if (/[A-Z]/.test(char)) return has || set[code + 32]!;
    if (/[a-z]/.test(char)) return has || set[code - 32]!;
    return has;
  });
}

/** The set as a JavaScript character class; the empty one is `[]`, which matches nothing. */
export function classSource(set: ByteSet): string {
  if (set.every((has) => has)) return "[^]";
  let source = "";
  for (let code = 0; code < 256; code++) {
    if (!set[code]) continue;
    const first = code;
    while (set[code + 1]) code++;
    source += hexEscape(first);
    if (code > first) source += `-${hexEscape(code)}`;
  }
  return `[${source}]`;
}

/** `[:name:]` inside a class; on bytes perl keeps these to ASCII. Undefined where there is no such class. */
export function posixClass(name: string): ByteSet | undefined {
  const pattern = posixPatterns[name];
  return pattern === undefined ? undefined : byteSet((char) => pattern.test(char));
}

/** What `\d`, `\w`, `\s`, `\h`, `\v`, `\N` and their capitals match; undefined for other letters. */
export function escapeClass(letter: string): ByteSet | undefined {
  const pattern = escapePatterns[letter.toLowerCase()];
  if (pattern === undefined || letter === "n") return undefined;
  const set = byteSet((char) => pattern.test(char));
  return letter === letter.toLowerCase() ? set : complement(set);
}

export function hexEscape(code: number): string {
  return `\\x${code.toString(16).padStart(2, "0")}`;
}

const posixPatterns: { readonly [name: string]: RegExp | undefined } = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[\t-\r ]/,
  blank: /[\t ]/,
  graph: /[!-~]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  cntrl: /[\x00-\x1f\x7f]/,
  xdigit: /[0-9A-Fa-f]/,
  ascii: /[\x00-\x7f]/,
  word: /[A-Za-z0-9_]/,
};

const escapePatterns: { readonly [letter: string]: RegExp | undefined } = {
  d: /[0-9]/,
  w: /[A-Za-z0-9_]/,
  s: /[\t-\r ]/,
  // These two reach beyond ASCII, even on bytes.
  h: /[\t \xa0]/,
  v: /[\n-\r\x85]/,
  n: /\n/,
};
