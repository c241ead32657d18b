import type { ByteString } from "../bytes/bytes.ts";

/**
 * CRC-32, as gzip and Ethernet have it. It tells what damage has changed, and nothing against whoever means to deceive.
 *
 * Strings and what is short are done here: node:zlib would take a millisecond to load at every start, and a buffer for each
 * string. It is loaded for what is long.
 *
 * @param before the checksum of the bytes that come before these
 */
export function crc32(bytes: ByteString | Uint8Array, before = 0): number {
  if (typeof bytes === "string") return ofString(bytes, before);
  if (bytes.length < SHORT_BYTES) return ofBytes(bytes, before);
  return process.getBuiltinModule("node:zlib").crc32(bytes, before);
}

/** As it stands in a file: eight hexadecimal digits. */
export function crcText(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

function ofString(bytes: ByteString, before: number): number {
  let crc = ~before;
  for (let index = 0; index < bytes.length; index++) {
    crc = (crc >>> 8) ^ TABLE[(crc ^ bytes.charCodeAt(index)) & 0xff]!;
  }
  return ~crc >>> 0;
}

function ofBytes(bytes: Uint8Array, before: number): number {
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

const SHORT_BYTES = 1024;

/** What a byte changes. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
