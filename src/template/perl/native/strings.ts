import type { ByteString } from "../../../bytes/bytes.ts";
import { refuse } from "./cursor.ts";
import { argument, group } from "./task-values.ts";
import { type Run, toText } from "./values.ts";

/** 'text' and q(text) */
export function plainString(body: ByteString): Run {
  const text = body.replace(/\\([\\'])/g, "$1");
  return () => text;
}

/**
 * The text of "..." with its variables: $_, $arg[1], $1, $&, and $$1 for a group of a dynamic replacement string.
 * Everything else that perl would do something about is refused.
 */
export function interpolated(body: ByteString, groups: readonly ByteString[]): Run {
  const parts: (ByteString | Run)[] = [];
  const token =
    /\\x([\dA-Fa-f]{2})|\\([\s\S])|\$\$(\d+)|\$arg\[(-?\d+)\](?![[{]|->)|\$(\d|&)(?![\d[{]|->)|(\$_)(?![\w[{]|::|->)|([$@])|([^\\$@]+)/gy;
  for (const [, hex, sequence, own, arg, captured, topic, sigil, literal] of body.matchAll(token)) {
    if (hex !== undefined) parts.push(String.fromCharCode(Number.parseInt(hex, 16)));
    else if (sequence !== undefined) parts.push(escaped(sequence));
    else if (own !== undefined) parts.push(groups[Number(own) - 1] ?? "");
    else if (arg !== undefined) parts.push(argument(Number(arg)));
    else if (captured !== undefined) parts.push(group(captured));
    else if (topic !== undefined) parts.push((environment) => environment.topic);
    else if (sigil !== undefined) refuse();
    else parts.push(literal!);
  }
  return (environment) =>
    parts.map((part) => (typeof part === "string" ? part : toText(part(environment)))).join("");
}

function escaped(char: ByteString): ByteString | Run {
  if (/[1-9]/.test(char)) refuse();
  const known = ESCAPES[char];
  if (known !== undefined) return known;
  return /[A-Za-z0]/.test(char) ? refuse() : char;
}

const ESCAPES: { readonly [char: ByteString]: ByteString | undefined } = {
  n: "\n",
  t: "\t",
  r: "\r",
  f: "\f",
  a: "\x07",
  e: "\x1b",
};
