import { type ByteString, bytesOf } from "../bytes/bytes.ts";
import { perlRegexp } from "../bytes/perl-regexp.ts";
import { type BlockFinder, isDue } from "./moment.ts";

/** The last border in the window, where regular expressions, with perl's /m, tell records apart. */
export function lastRegexp(recend: ByteString, recstart: ByteString): BlockFinder {
  // The greedy start makes it the last one; `.` with /s is a loop without backtracking memory.
  const upToBorder = perlRegexp(`\\A(?s:.*)(?:${recend})(?=${recstart})`, "m");
  return (data, moment) => {
    if (!isDue(moment)) return [];
    const end = upToBorder.exec(bytesOf(data))?.[0].length ?? 0;
    return end > 0 ? [end] : [];
  };
}

/** After every `records` records, where regular expressions, with perl's /m, tell them apart. */
export function everyRegexp(recend: ByteString, recstart: ByteString, records: number): BlockFinder {
  const border = perlRegexp(`(?:${recend})(?=${recstart})`, "gm");
  let scanned = 0;
  let seen = 0;
  return (data, moment) => {
    const text = bytesOf(data);
    const ends: number[] = [];
    border.lastIndex = scanned;
    for (let match = border.exec(text); match !== null; match = border.exec(text)) {
      const end = border.lastIndex;
      // More input could make a match longer that ends where the input so far does.
      if (end === text.length && moment !== "end" && (moment === "more" || ends.length > 0)) break;
      scanned = border.lastIndex = Math.max(end, match.index + 1);
      if (end === 0 || ++seen < records) continue;
      seen = 0;
      ends.push(end);
    }
    const taken = ends.at(-1) ?? 0;
    scanned -= taken;
    return ends;
  };
}
