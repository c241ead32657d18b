import { spawnSync } from "node:child_process";
import type { ByteString } from "../bytes/bytes.ts";
import type { FilePart } from "./part-options.ts";

/**
 * Shell source that runs `command` with the bytes of a part as its standard input, through a pipe. Its exit status is
 * that of `command`, and a command that does not read all of it is none of anybody's business.
 */
export function pipepartCommand(part: FilePart, command: ByteString): ByteString {
  const { path, start, end, headerBytes } = part;
  const reads = [
    ...(headerBytes > 0 ? [readRange(path, 0, headerBytes)] : []),
    ...(end > start ? [readRange(path, start, end)] : []),
  ];
  // One command is not put in braces, which would take a process more.
  const read = reads.length === 1 ? reads[0]! : `{ ${reads.join("; ") || ":"}; }`;
  // A newline before the bracket, because the command may end with a comment or a here-document.
  return `${read} 2>/dev/null | (${command}\n)`;
}

function readRange(path: ByteString, start: number, end: number): string {
  const file = quoted(path);
  const length = end - start;
  if (hasGnuDd())
    return `dd if=${file} bs=${ddBytes} skip=${start} count=${length} iflag=skip_bytes,count_bytes,fullblock status=none`;
  return `{ tail -c +${start + 1} < ${file} | head -c ${length}; }`;
}

/** Two pipes full: larger reads only cost cache. */
const ddBytes = 1 << 17;

/** GNU dd, and nearly every other of today, can skip and count bytes. */
function hasGnuDd(): boolean {
  ddIsGnu ??=
    spawnSync("dd", ["if=/dev/null", "iflag=skip_bytes,count_bytes,fullblock", "status=none", "count=1"], {
      stdio: "ignore",
    }).status === 0;
  return ddIsGnu;
}

let ddIsGnu: boolean | undefined;

function quoted(path: ByteString): ByteString {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
