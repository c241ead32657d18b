import { crc32 } from "./crc32.ts";

/**
 * Records of bytes, one behind the other. Before each stand its length, the CRC-32 of its bytes, and the CRC-32 of these
 * two: 4 bytes each, little endian. So a record that was cut off, by the end of the process that wrote it, can be told from
 * one whose length is damaged.
 */
export function frame(body: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + body.length);
  bytes.writeUInt32LE(body.length, 0);
  bytes.writeUInt32LE(crc32(body), 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 8)), 8);
  bytes.set(body, HEAD_BYTES);
  return bytes;
}

export interface Frames {
  readonly bodies: readonly Uint8Array[];
  /** So many bytes hold these; what is behind them, if anything, is the beginning of one more, which was cut off. */
  readonly wholeBytes: number;
  /** Where something stands that nobody has written. */
  readonly damagedAt: number | undefined;
}

/** @param isOld the frames are of a version whose lengths had no checksum: one that is too long is taken for cut off */
export function framesIn(bytes: Buffer, isOld = false): Frames {
  const headBytes = isOld ? OLD_HEAD_BYTES : HEAD_BYTES;
  const bodies: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const found = frameAt(bytes, at, headBytes);
    if (found === "damaged") return { bodies, wholeBytes: at, damagedAt: at };
    if (found === "none") return { bodies, wholeBytes: at, damagedAt: undefined };
    bodies.push(found);
    at += headBytes + found.length;
  }
}

const HEAD_BYTES = 12;
const OLD_HEAD_BYTES = 8;

function frameAt(bytes: Buffer, at: number, headBytes: number): Uint8Array | "none" | "damaged" {
  const left = bytes.length - at;
  // A power failure may leave zeros where the file had grown and nothing had reached the disk.
  if (left < headBytes || isZero(bytes, at)) return "none";
  if (headBytes === HEAD_BYTES && crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32LE(at + 8)) {
    return "damaged";
  }
  const length = bytes.readUInt32LE(at);
  if (left < headBytes + length) return "none";
  const body = bytes.subarray(at + headBytes, at + headBytes + length);
  return crc32(body) === bytes.readUInt32LE(at + 4) ? body : "damaged";
}

function isZero(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}
