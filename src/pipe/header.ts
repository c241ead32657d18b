import { bytesOf } from "../bytes/bytes.ts";
import { perlRegexp } from "../bytes/perl-regexp.ts";
import { nthByte } from "./nth-byte.ts";
import type { Header } from "./options.ts";

const newline = 10;

/**
 * The length of the header at the start of the data; 0 where there is none; undefined where more input must come to
 * tell. `complete`: no more will come.
 */
export function headerLength(header: Header, data: Buffer, complete: boolean): number | undefined {
  if (header.type === "lines") {
    if (header.lines === 0) return 0;
    const last = nthByte(data, newline, header.lines, 0).at;
    if (last >= 0) return last + 1;
    return complete ? 0 : undefined;
  }
  // A longer match may still come, so a regular expression waits for a whole block.
  if (!complete) return undefined;
  return perlRegexp(`\\A(?:${header.regexp})`).exec(bytesOf(data))?.[0].length ?? 0;
}
