import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import type { ByteString } from "../bytes/bytes.ts";
import { crc32, crcText } from "./crc32.ts";
import { parseSealed, seal } from "./line.ts";

/**
 * A file of any bytes that only grows, and which other programs may read as it is. What tells damage is beside it, in
 * `FILE.sums`: a sealed line for each part, with the size that the file then has and the CRC-32 of all of it.
 */
export interface CheckedFile {
  /** In the file when it returns, and known to be: what a killed process has written of it otherwise does not count. */
  append(part: Uint8Array): void;
  close(): void;
}

/** @param path of a file that is not there, or empty */
export function checkedFile(path: string | Buffer): CheckedFile {
  // First, so that there is no file without them.
  const sums = openSync(sumsOf(path), "wx", 0o600);
  const file = openSync(path, "wx", 0o600);
  let crc = 0;
  let bytes = 0;
  return {
    append(part) {
      writeAll(file, part);
      crc = crc32(part, crc);
      bytes += part.length;
      writeAll(sums, Buffer.from(`${seal(JSON.stringify({ bytes, crc32: crcText(crc) }))}\n`, "latin1"));
    },
    close() {
      closeSync(file);
      closeSync(sums);
    },
  };
}

/** How many bytes of the file are what was appended; "damaged" where one of them is not; undefined where there are no sums. */
export function soundBytes(path: string | Buffer): number | "damaged" | undefined {
  let lines: ByteString[];
  try {
    lines = readFileSync(sumsOf(path), "latin1").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  lines.pop(); // what has no end is of a part that does not count
  const file = openSync(path, "r");
  try {
    let known = { bytes: 0, crc32: crcText(0) };
    let crc = 0;
    for (const line of lines) {
      const next = parseSealed(line) as typeof known | undefined;
      if (next === undefined) return "damaged";
      crc = crcOfPart(file, known.bytes, next.bytes, crc);
      if (crcText(crc) !== next.crc32) return "damaged";
      known = next;
    }
    return known.bytes;
  } finally {
    closeSync(file);
  }
}

function crcOfPart(file: number, start: number, end: number, before: number): number {
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - start));
  let crc = before;
  for (let at = start; at < end; ) {
    const count = readSync(file, chunk, 0, Math.min(chunk.length, end - at), at);
    if (count === 0) break; // too short: its sum is another
    crc = crc32(chunk.subarray(0, count), crc);
    at += count;
  }
  return crc;
}

const CHUNK_BYTES = 1 << 16;

function sumsOf(path: string | Buffer): string | Buffer {
  return typeof path === "string" ? `${path}.sums` : Buffer.concat([path, Buffer.from(".sums")]);
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}
