import type { ByteString } from "../bytes/bytes.ts";

/** Words, and the operators between them; close enough to a shell's to find names in. */
const TOKENS = /[<>|&;()]+|(?:'[^']*'|"[^"]*"|[^\s'"<>|&;()])+/g;

/**
 * The words of shell source that may be names of files, without quotes; not those behind `>`, which are written to. What
 * has replacement strings or variables in it is the caller's to ask about: no file has that name.
 */
export function wordsOf(source: ByteString): ByteString[] {
  const words: ByteString[] = [];
  let isTarget = false;
  for (const [token] of source.matchAll(TOKENS)) {
    const isOperator = /^[<>|&;()]/.test(token);
    if (!isOperator && !isTarget) words.push(unquoted(token));
    isTarget = isOperator && token.includes(">");
  }
  return words;
}

/** The first word that is no assignment: what is run. Undefined where only the shell can know. */
export function programWord(command: ByteString): ByteString | undefined {
  const first = wordsOf(command).find((word) => !/^[A-Za-z_]\w*\+?=/.test(word));
  return first === undefined || /[$`*?[]/.test(first) ? undefined : first;
}

function unquoted(token: ByteString): ByteString {
  return token.replace(
    /'([^']*)'|"([^"]*)"|\\(.)/g,
    (_, single, double, escaped) => single ?? double ?? escaped,
  );
}
