import type { ByteString } from "../bytes/bytes.ts";
import type { Transform } from "./parts.ts";

/** What stands around every line. */
export interface LineDecoration {
  readonly before: ByteString;
  readonly after: ByteString;
}

/**
 * Puts the decoration around every line. A carriage return ends one, too: what comes behind it stands over what was
 * before it, which on a terminal would cover the tag. A last line without newline stays without one, unless something stands after
 * lines (as GNU parallel ends a coloured output with a newline).
 */
export function lineDecorator({ before, after }: LineDecoration): Transform | undefined {
  if (before === "" && after === "") return undefined;
  const joint = `${after}\n${before}`;
  const decorated = (body: ByteString): ByteString =>
    body.includes("\r")
      ? body.replace(/[\r\n]/g, (end) => after + end + before)
      : body.replaceAll("\n", joint);
  let isAtLineStart = true;
  return (chunk, last) => {
    let text = chunk;
    if (chunk !== "") {
      const first = isAtLineStart ? before : "";
      const end = chunk.at(-1)!;
      isAtLineStart = end === "\n" || end === "\r";
      text = first + (isAtLineStart ? decorated(chunk.slice(0, -1)) + after + end : decorated(chunk));
    }
    if (!last || isAtLineStart || after === "") return text;
    isAtLineStart = true;
    return `${text}${after}\n`;
  };
}

/** One transform after the other; undefined changes nothing. */
export function inTurn(first: Transform | undefined, second: Transform | undefined): Transform | undefined {
  if (first === undefined) return second;
  if (second === undefined) return first;
  return (chunk, last) => second(first(chunk, last), last);
}
