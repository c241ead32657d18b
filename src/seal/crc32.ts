import type { ByteString } from "../bytes/bytes.ts";

/**
 * CRC-32, as gzip and Ethernet have it. It tells what damage has changed, and nothing against whoever means to deceive.
 *
 * Strings are done here: node:zlib would take a millisecond to load at every start, and a buffer for each string. It is
 * loaded for buffers, which are long.
 *
 * @param before the checksum of the bytes that come before these
 */
export function crc32(bytes: ByteString | Uint8Array, before = 0): number {
  return typeof bytes === "string"
    ? ofString(bytes, before)
    : process.getBuiltinModule("node:zlib").crc32(bytes, before);
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

/** What a byte changes. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
