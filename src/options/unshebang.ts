import type { ByteString } from "../bytes/bytes.ts";
import { quoteWord } from "../bytes/quote.ts";
import { shellWords } from "../bytes/shell-words.ts";
import { YonderError } from "../interface/errors.ts";

/**
 * Undoes what the kernel does with the first line of a script: all behind the program's name comes as one word, then
 * the path of the script, then the arguments it was called with.
 *
 *     #!/usr/bin/parallel --shebang -r wget            →  --skip-first-line -r wget :::: script
 *     #!/usr/bin/parallel --shebang-wrap /bin/sh       →  /bin/sh script ::: arguments
 *     #!/usr/bin/parallel --shebang-wrap --pipe perl   →  --pipe perl script :::: arguments
 */
export function unpackShebang(words: readonly ByteString[]): ByteString[] {
  const [first = "", ...rest] = words;
  const [, name, packed = ""] = /^--(shebang|hashbang|shebang-wrap)(?:\s+(.*))?$/s.exec(first) ?? [];
  if (!name) return [...words];
  const options = shellWords(packed);
  if (!options) {
    throw new YonderError("USAGE", { message: `A quote is not closed in the first line: ${first}` });
  }
  return name === "shebang-wrap" ? wrap(options, rest) : fileAsInput(options, rest);
}

function fileAsInput(options: readonly ByteString[], rest: readonly ByteString[]): ByteString[] {
  const script = rest.at(-1);
  const words = [...options, ...rest.slice(0, -1)];
  return script === undefined ? words : ["--skip-first-line", ...words, "::::", script];
}

function wrap(options: readonly ByteString[], rest: readonly ByteString[]): ByteString[] {
  const [script, ...args] = rest;
  if (script === undefined) return [...options];
  const pipes = options.some((word) => word === "--pipe" || word === "--spreadstdin");
  const source = args.length > 0 ? [pipes ? "::::" : ":::", ...args] : [];
  return [...options, quoteWord(script), ...source];
}
