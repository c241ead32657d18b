import { bufferOf, bytesOf } from "../bytes/bytes.ts";
import { perlRegexp } from "../bytes/perl-regexp.ts";
import type { BlockOptions } from "./options.ts";
import { separatorOf } from "./separator.ts";

/**
 * --remove-rec-sep: takes out what stands between records, a recstart at the start and a recend at the end. The result
 * lies in the memory of the argument.
 */
export function separatorRemover(options: BlockOptions): (block: Buffer) => Buffer {
  const { type, recend, recstart } = separatorOf(options);
  if (recend + recstart === "") return (block) => block;
  if (type === "literal") return (block) => removeLiteral(block, bufferOf(recend), bufferOf(recstart));
  const separators = perlRegexp(`(?:${recend})(?:${recstart})|\\A(?:${recstart})|(?:${recend})\\z`, "gm");
  return (block) => {
    const text = bytesOf(block).replace(separators, "");
    return block.subarray(0, block.write(text, "latin1"));
  };
}

function removeLiteral(block: Buffer, recend: Buffer, recstart: Buffer): Buffer {
  const separator = Buffer.concat([recend, recstart]);
  let from = startsWith(block, recstart, 0) ? recstart.length : 0;
  let written = 0;
  const keep = (to: number): void => {
    if (to <= from) return;
    block.copyWithin(written, from, to);
    written += to - from;
  };
  for (let at = block.indexOf(separator, from); at >= 0; at = block.indexOf(separator, from)) {
    keep(at);
    from = at + separator.length;
  }
  const tail = block.length - recend.length;
  keep(tail >= from && startsWith(block, recend, tail) ? tail : block.length);
  return block.subarray(0, written);
}

function startsWith(block: Buffer, wanted: Buffer, at: number): boolean {
  const end = at + wanted.length;
  return end <= block.length && block.compare(wanted, 0, wanted.length, at, end) === 0;
}
