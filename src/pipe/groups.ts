import type { ByteString } from "../bytes/bytes.ts";
import type { KeyReader } from "./key.ts";
import { type BlockFinder, isDue, type Moment } from "./moment.ts";

/**
 * Borders where the key of the lines changes (--group-by): the last one in the window, or with `records` > 0 after
 * every so many groups.
 */
export function groupFinder(keysOf: KeyReader, records: number): BlockFinder {
  /** Lines up to here have been looked at. */
  let scanned = 0;
  let lastKey: ByteString | undefined;
  /** Where groups end, apart from those that are taken. */
  let borders: number[] = [];

  return async (data, moment) => {
    const { lines, starts, end } = linesOf(data, scanned, moment);
    const keys = await keysOf(lines);
    for (const [i, key] of keys.entries()) {
      if (lastKey !== undefined && key !== lastKey) borders.push(starts[i]!);
      lastKey = key;
    }
    const ends = records > 0 ? everyNth(borders, records) : isDue(moment) ? borders.slice(-1) : [];
    const taken = ends.at(-1) ?? 0;
    borders = borders.filter((border) => border > taken).map((border) => border - taken);
    scanned = end - taken;
    return ends;
  };
}

function everyNth(borders: readonly number[], n: number): number[] {
  return borders.filter((_, i) => (i + 1) % n === 0);
}

interface Lines {
  readonly lines: ByteString[];
  readonly starts: number[];
  /** Where the first incomplete line starts. */
  readonly end: number;
}

/** The complete lines of data[from..], without their newlines; at the end of the input every line is complete. */
function linesOf(data: Buffer, from: number, moment: Moment): Lines {
  const text = data.toString("latin1", from);
  const lines: ByteString[] = [];
  const starts: number[] = [];
  let start = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", start)) {
    lines.push(text.slice(start, at));
    starts.push(from + start);
    start = at + 1;
  }
  if (moment === "end" && start < text.length) {
    lines.push(text.slice(start));
    starts.push(from + start);
    start = text.length;
  }
  return { lines, starts, end: from + start };
}
