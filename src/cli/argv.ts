import { readFileSync } from "node:fs";
import { type ByteString, bytesOf, encodeText } from "../bytes/bytes.ts";

/** The words after the program's name, as bytes. Node has decoded them as UTF-8; where that lost any, ask the kernel. */
export function argumentBytes(): ByteString[] {
  const words = process.argv.slice(2);
  if (words.some((word) => word.includes("\ufffd"))) {
    try {
      const all = bytesOf(readFileSync("/proc/self/cmdline")).split("\0");
      all.pop(); // each word ends in NUL
      if (all.length >= words.length) return words.length === 0 ? [] : all.slice(-words.length);
    } catch {
      // Not Linux: the replaced text is the best there is.
    }
  }
  return words.map(encodeText);
}
