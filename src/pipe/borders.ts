import { bufferOf } from "../bytes/bytes.ts";
import { type BlockFinder, isDue, type Moment } from "./moment.ts";
import { nthByte } from "./nth-byte.ts";
import type { BlockOptions } from "./options.ts";
import { everyRegexp, lastRegexp } from "./regexp-borders.ts";
import { separatorOf } from "./separator.ts";

export function blockFinder(options: BlockOptions): BlockFinder {
  const { records = 0, lines = 0 } = options;
  if (lines > 0) return records > 0 ? everyByte("\n", records * lines) : lastMultiple(lines);
  const { type, recend, recstart } = separatorOf(options);
  if (recend + recstart === "") return records > 0 ? everyBytes(records) : wholeWindow;
  // Separators count differently with --regexp, even where they are plain text.
  if (options.regexp && records > 0) return everyRegexp(recend, recstart, records);
  if (type === "regexp") return lastRegexp(recend, recstart);
  if (records === 0) return lastLiteral(recend, recstart);
  return recend.length === 1 && recstart === ""
    ? everyByte(recend, records)
    : everyLiteral(recend, recstart, records);
}

/** No separator: any border is as good as another. */
function wholeWindow(data: Buffer, moment: Moment): number[] {
  return isDue(moment) && data.length > 0 ? [data.length] : [];
}

/** No separator and -N: bytes are counted. */
function everyBytes(count: number): BlockFinder {
  return (data) => {
    const ends: number[] = [];
    for (let end = count; end <= data.length; end += count) ends.push(end);
    return ends;
  };
}

/** The last border in the window: one search, however many records there are. */
function lastLiteral(recend: string, recstart: string): BlockFinder {
  const separator = bufferOf(recend + recstart);
  return (data, moment) => {
    if (!isDue(moment)) return [];
    const at = data.lastIndexOf(separator);
    const end = at + recend.length;
    return at >= 0 && end > 0 ? [end] : [];
  };
}

/** -L without -N: the last border after a multiple of so many lines; at the end of the input, too. */
function lastMultiple(lines: number): BlockFinder {
  return (data, moment) => {
    if (moment === "more") return [];
    const ends = everyByte("\n", lines)(data, moment);
    return (ends as readonly number[]).slice(-1);
  };
}

/**
 * After every `records` records that end with one byte.
 *
 * GNU parallel looks for separators from the second byte of a block on, so that an empty record at the start of a block
 * is not counted; scripts may see that, and so it is the same here, and in everyLiteral.
 */
function everyByte(recend: string, records: number): BlockFinder {
  const byte = recend.charCodeAt(0);
  let scanned = 1;
  let seen = 0;
  return (data, moment) => {
    const ends: number[] = [];
    for (;;) {
      const found = nthByte(data, byte, records - seen, scanned);
      seen += found.seen;
      if (found.at < 0) break;
      seen = 0;
      scanned = found.at + 2;
      ends.push(found.at + 1);
    }
    const taken = endOfTimeout(data, recend, moment, ends);
    if (taken === data.length) seen = 0;
    scanned = Math.max(scanned, data.length, taken + 1) - taken;
    return ends;
  };
}

/** After every `records` records that end with one string and start with another. Separators may overlap. */
function everyLiteral(recend: string, recstart: string, records: number): BlockFinder {
  const separator = bufferOf(recend + recstart);
  let scanned = 1;
  let seen = 0;
  return (data, moment) => {
    const ends: number[] = [];
    for (;;) {
      const at = data.indexOf(separator, scanned);
      if (at < 0 || scanned >= data.length) break;
      scanned = at + 1;
      if (++seen < records) continue;
      seen = 0;
      ends.push(at + recend.length);
      scanned = at + recend.length + 1;
    }
    const taken = recstart === "" ? endOfTimeout(data, recend, moment, ends) : (ends.at(-1) ?? 0);
    if (taken === data.length) seen = 0;
    scanned = Math.max(scanned, data.length - separator.length + 1, taken + 1) - taken;
    return ends;
  };
}

/** --block-timeout passes on fewer than -N records where no record is under way. Returns the end of what is taken. */
function endOfTimeout(data: Buffer, recend: string, moment: Moment, ends: number[]): number {
  const taken = ends.at(-1) ?? 0;
  if (moment !== "timeout" || taken === data.length) return taken;
  if (data.toString("latin1", data.length - recend.length) !== recend) return taken;
  ends.push(data.length);
  return data.length;
}
