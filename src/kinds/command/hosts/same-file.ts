import { statSync } from "node:fs";
import { type ByteString, bufferOf } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import type { Control } from "../../../launch/ssh/control.ts";
import { type Placed, remotePath } from "../../../launch/ssh/transfer/paths.ts";

/**
 * Those of the files that are not the very same file here and on the host, as they are where a disk is shared (a home
 * directory by NFS) or where the host is this machine. A copy has another inode number than what it was made from; one
 * that happens to have the same is left where it is, which harms nobody.
 */
export async function notTheSame<T extends Placed>(
  files: readonly T[],
  control: Control,
): Promise<readonly T[]> {
  const here = new Map(files.map((file) => [file, inodeOf(file.local)]));
  const asked = files.filter((file) => here.get(file) !== undefined);
  if (asked.length === 0) return files;
  const words = asked.map((file) => quoteWord(remotePath(file))).join(" ");
  const { output } = await control.run(
    `for f in ${words}; do set -- $(ls -di -- "$f" 2>/dev/null); echo "\${1:-0}"; done`,
  );
  const there = output.split("\n");
  const same = new Set<Placed>(asked.filter((file, index) => there[index] === here.get(file)));
  return files.filter((file) => !same.has(file));
}

function inodeOf(path: ByteString): string | undefined {
  try {
    return String(statSync(bufferOf(path), { bigint: true }).ino);
  } catch {
    return undefined;
  }
}
