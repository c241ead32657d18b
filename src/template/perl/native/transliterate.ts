import type { ByteString } from "../../../bytes/bytes.ts";
import { refuse } from "./cursor.ts";
import { type Run, toText } from "./values.ts";

/** y/from/to/flags or tr: the flags c (complement), d (delete), s (squeeze), r (give the result, change nothing). */
export function transliteration(from: ByteString, to: ByteString, flags: ByteString): Run {
  if (!/^[cdsr]*$/.test(flags)) refuse();
  const table = tableOf(expanded(from), expanded(to), flags);
  const squeeze = flags.includes("s");
  return (environment) => {
    const before = toText(environment.topic);
    let after = "";
    let count = 0;
    let last: ByteString | undefined;
    for (const char of before) {
      const mapped = table[char.charCodeAt(0)];
      if (mapped === undefined) after += char;
      else {
        count++;
        if (!squeeze || mapped !== last) after += mapped;
      }
      last = mapped;
    }
    if (flags.includes("r")) return after;
    if (after !== before) environment.topic = after;
    return count;
  };
}

/** What each byte becomes; undefined: it is not looked for; "": it is deleted. */
function tableOf(from: ByteString, to: ByteString, flags: ByteString): readonly (ByteString | undefined)[] {
  const remove = flags.includes("d");
  const wanted = flags.includes("c") ? complement(from) : from;
  const target = to === "" && !remove ? wanted : to;
  const table: (ByteString | undefined)[] = new Array(256).fill(undefined);
  [...wanted].forEach((char, index) => {
    // The first of a byte that is named twice counts; a short list goes on with its last byte.
    table[char.charCodeAt(0)] ??= target[index] ?? (remove ? "" : target.at(-1));
  });
  return table;
}

function complement(chars: ByteString): ByteString {
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  return all.filter((char) => !chars.includes(char)).join("");
}

/** The bytes of a list: ranges spelt out, simple escapes resolved. */
function expanded(list: ByteString): ByteString {
  const chars = list.replace(/\\([\s\S])/g, (_match, char: ByteString) => {
    if (char === "n") return "\n";
    if (char === "t") return "\t";
    return /[\w-]/.test(char) ? refuse() : char;
  });
  return chars.replace(/([\s\S])-([\s\S])/g, (_match, first: ByteString, last: ByteString) => {
    const [low, high] = [first.charCodeAt(0), last.charCodeAt(0)];
    if (low > high) refuse();
    return Array.from({ length: high - low + 1 }, (_, index) => String.fromCharCode(low + index)).join("");
  });
}
