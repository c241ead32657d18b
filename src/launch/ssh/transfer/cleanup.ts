import type { ByteString } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { directoriesAbove, directoriesOfBase, remotePath } from "./paths.ts";
import type { Unused } from "./uses.ts";

/**
 * Shell source that removes files, and the directories above them that have become empty; "" where there is nothing to do.
 * Like GNU parallel it leaves directories that were sent or came back.
 */
export function removeScript({ files, workdir }: Unused): ByteString {
  const paths = new Set(files.map(remotePath));
  const inner = [...new Set(files.flatMap(directoriesAbove))].sort((a, b) => depth(b) - depth(a));
  const directories = [...inner, ...(workdir === undefined ? [] : directoriesOfBase(workdir))];
  const lines = [commandFor("rm -f", [...paths]), commandFor("rmdir", directories)];
  return lines.join("") && `exec 2>/dev/null\n${lines.join("")}:`;
}

function depth(path: ByteString): number {
  return path.split("/").length;
}

function commandFor(command: string, words: readonly ByteString[]): ByteString {
  return words.length === 0 ? "" : `${command} ${words.map(quoteWord).join(" ")}\n`;
}
