import type { ByteString } from "../bytes/bytes.ts";
import type { Transform } from "./writer.ts";

/** Puts `prefix` before every line. A last line without newline stays without one. */
export function linePrefixer(prefix: ByteString): Transform {
  let isAtLineStart = true;
  const joined = "\n" + prefix;
  return (chunk) => {
    if (chunk === "") return "";
    const first = isAtLineStart ? prefix : "";
    isAtLineStart = chunk.endsWith("\n");
    if (!isAtLineStart) return first + chunk.replaceAll("\n", joined);
    return `${first}${chunk.slice(0, -1).replaceAll("\n", joined)}\n`;
  };
}
