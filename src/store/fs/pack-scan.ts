import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Cid } from "../../interface/store.ts";
import { cidOf, codecOf } from "../cid.ts";
import { PACK_HEADER, readSectionHead, SECTION_HEAD_MAX } from "./pack-format.ts";

export interface Section {
  readonly cid: Cid;
  readonly offset: number;
  readonly length: number;
  readonly isGood: boolean;
}

export interface PackScan {
  readonly sections: readonly Section[];
  /** The end of the last whole section. */
  readonly length: number;
  /** Nothing stands behind it. */
  readonly isClean: boolean;
}

/** Reads a pack from its beginning, as far as it can be read. */
export function scanPack(path: string): PackScan {
  const fd = openSync(path, "r");
  try {
    const size = fstatSync(fd).size;
    const sections: Section[] = [];
    if (!readAt(fd, 0, PACK_HEADER.length).equals(PACK_HEADER))
      return { sections, length: 0, isClean: false };
    let at = PACK_HEADER.length;
    while (at < size) {
      const head = readSectionHead(readAt(fd, at, SECTION_HEAD_MAX));
      const end = head === undefined ? Infinity : at + head.at + head.length;
      if (head === undefined || end > size) break;
      const offset = at + head.at;
      const isGood = cidOf(codecOf(head.cid), readAt(fd, offset, head.length)) === head.cid;
      sections.push({ cid: head.cid, offset, length: head.length, isGood });
      at = end;
    }
    return { sections, length: at, isClean: at === size };
  } finally {
    closeSync(fd);
  }
}

function readAt(fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
}
