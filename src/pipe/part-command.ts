import { spawnSync } from "node:child_process";
import type { ByteString } from "../bytes/bytes.ts";
import type { FilePart } from "./part-options.ts";

/** Shell source that prints the bytes of a part, and may end the shell that runs it. */
export function partSource({ path, start, end, headerBytes }: FilePart): ByteString {
  const reads = [
    ...(headerBytes > 0 ? [readRange(path, 0, headerBytes)] : []),
    ...(end > start ? [readRange(path, start, end)] : []),
  ];
  const last = reads.pop();
  // The last one takes no process more than the shell's.
  return last === undefined ? ":" : [...reads, hasGnuDd() ? `exec ${last}` : last].join("; ");
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
