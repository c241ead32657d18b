import type { ByteString } from "../bytes/bytes.ts";
import type { BlockOptions } from "./options.ts";

/** What stands between two records: the end of one, then the start of the next; the border is between the two. */
export type Separator =
  | { readonly type: "literal"; readonly recend: ByteString; readonly recstart: ByteString }
  | { readonly type: "regexp"; readonly recend: ByteString; readonly recstart: ByteString };

export function separatorOf(options: Pick<BlockOptions, "recstart" | "recend" | "regexp">): Separator {
  const recstart = options.recstart ?? "";
  const recend = options.recend ?? (options.recstart === undefined ? "\n" : "");
  if (options.regexp && recstart + recend !== "") {
    // The most usual expressions are plain text, which is far faster to find.
    return { type: isPlain(recend) && isPlain(recstart) ? "literal" : "regexp", recend, recstart };
  }
  return { type: "literal", recend: unescaped(recend), recstart: unescaped(recstart) };
}

function isPlain(regexp: ByteString): boolean {
  return /^[\w \n\t,;:<>=@%&"'~/-]*$/.test(regexp);
}

/** Outside regular expressions, GNU parallel knows these escapes and no others; `\x41` stands for itself. */
function unescaped(text: ByteString): ByteString {
  return text.replace(/\\([ntr0\\"'])/g, (_, letter: string) => escapes[letter] ?? letter);
}

const escapes: { readonly [letter: string]: string | undefined } = { n: "\n", t: "\t", r: "\r", 0: "\0" };
