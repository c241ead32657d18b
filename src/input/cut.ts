import type { ByteString } from "../bytes/bytes.ts";

/** Cuts a stream of bytes into records; the delimiters are dropped. */
export interface Cutter {
  /** The records that end in this chunk. */
  push(chunk: Buffer): ByteString[];
  /** The last record, where it had no delimiter. */
  end(): ByteString[];
}

export function cutter(delimiter: ByteString): Cutter {
  if (delimiter === "") return paragraphCutter();
  return delimiter.length === 1 ? byteCutter(delimiter.charCodeAt(0)) : textCutter(delimiter);
}

/** The usual case, and a tight loop: each record is copied out of the chunk once, and keeps no chunk alive. */
function byteCutter(byte: number): Cutter {
  let begun = "";
  return {
    push(chunk) {
      const records: ByteString[] = [];
      let start = 0;
      for (let at = chunk.indexOf(byte); at !== -1; at = chunk.indexOf(byte, start)) {
        records.push(chunk.toString("latin1", start, at));
        start = at + 1;
      }
      if (begun !== "" && records.length > 0) {
        records[0] = begun + records[0];
        begun = "";
      }
      if (start < chunk.length) begun += chunk.toString("latin1", start);
      return records;
    },
    end: () => (begun === "" ? [] : [begun]),
  };
}

function textCutter(delimiter: ByteString): Cutter {
  // The record that has begun is `begun + tail`. Only the tail can hold a part of the delimiter: begun was searched.
  let begun = "";
  let tail = "";
  const tailMax = delimiter.length - 1;
  return {
    push(chunk) {
      const text = tail + chunk.toString("latin1");
      const pieces = text.split(delimiter);
      const rest = pieces.pop()!;
      if (pieces.length > 0) {
        pieces[0] = begun + pieces[0];
        begun = "";
      }
      const searched = Math.max(0, rest.length - tailMax);
      begun += rest.slice(0, searched);
      tail = rest.slice(searched);
      return pieces;
    },
    end: () => (begun + tail === "" ? [] : [begun + tail]),
  };
}

/** Records are apart by one or more empty lines; the newlines at their borders belong to no record. */
function paragraphCutter(): Cutter {
  const inner = textCutter("\n\n");
  const trim = (pieces: ByteString[]): ByteString[] =>
    pieces.map((piece) => piece.replace(/^\n+|\n+$/g, "")).filter((piece) => piece !== "");
  return { push: (chunk) => trim(inner.push(chunk)), end: () => trim(inner.end()) };
}
