import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import type { Source } from "./source.ts";

/** --pipe -r: lines of nothing but white space are not read. */
export function withoutBlankLines(source: Source): Source {
  const strip = blankLineRemover();
  let rest: Buffer = Buffer.alloc(0);
  return {
    async read(into) {
      while (rest.length === 0) {
        const bytes = await source.read(into);
        if (bytes === 0) return 0;
        rest = bufferOf(strip(into.toString("latin1", 0, bytes)));
      }
      const bytes = rest.copy(into);
      rest = rest.subarray(bytes);
      return bytes;
    },
    close: () => source.close(),
  };
}

/** Takes text piece by piece. White space that may become a blank line is held back, and dropped at the end. */
function blankLineRemover(): (piece: ByteString) => ByteString {
  let held = "";
  /** The line that the next piece goes on with has text. */
  let inLine = false;
  return (piece) => {
    const text = held + piece;
    const lineEnd = inLine ? text.indexOf("\n") + 1 || text.length : 0;
    const lines = text.slice(lineEnd).replace(/^[ \t\r\f\v]*\n/gm, "");
    const lastLine = lines.slice(lines.lastIndexOf("\n") + 1);
    held = /\S/.test(lastLine) ? "" : lastLine;
    inLine = lastLine !== "" ? held === "" : inLine && text[lineEnd - 1] !== "\n" && lines === "";
    return text.slice(0, lineEnd) + lines.slice(0, lines.length - held.length);
  };
}
