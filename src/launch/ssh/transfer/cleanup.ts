import type { ByteString } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { directoriesOfBase } from "./paths.ts";
import type { Unused } from "./uses.ts";

/**
 * Shell source that removes files, and those directories that have become empty; "" where there is nothing to do. Like GNU
 * parallel it leaves directories that were sent or came back.
 */
export function removeScript({ files, directories, workdir }: Unused): ByteString {
  const all = [...directories, ...(workdir === undefined ? [] : directoriesOfBase(workdir))];
  const script = commandFor("rm -f", files) + commandFor("rmdir", all);
  return script && `exec 2>/dev/null\n${script}:`;
}

function commandFor(command: string, words: readonly ByteString[]): ByteString {
  return words.length === 0 ? "" : `${command} ${words.map(quoteWord).join(" ")}\n`;
}
