import { encodeText } from "../../bytes/bytes.ts";
import { crc32, crcText } from "../../seal/crc32.ts";

/** The checksum of a row of a database, by its fields: it is kept in the row, and tells whether they are what was written. */
export function rowSeal(...fields: readonly (string | number)[]): string {
  return crcText(crc32(encodeText(fields.join("\0"))));
}

/** Bytes with their checksum, and that of the fields beside them, at their end. */
export function withSeal(bytes: Uint8Array, ...fields: readonly string[]): Uint8Array {
  const sealed = Buffer.allocUnsafe(bytes.length + SEAL_BYTES);
  sealed.set(bytes);
  sealed.writeUInt32LE(crcOf(bytes, fields), bytes.length);
  return sealed;
}

/** The bytes that `withSeal` was given; undefined where something is not what it was. */
export function withoutSeal(sealed: Uint8Array, ...fields: readonly string[]): Uint8Array | undefined {
  const length = sealed.length - SEAL_BYTES;
  if (length < 0) return undefined;
  const bytes = sealed.subarray(0, length);
  const crc = new DataView(sealed.buffer, sealed.byteOffset).getUint32(length, true);
  return crc === crcOf(bytes, fields) ? bytes : undefined;
}

const SEAL_BYTES = 4;

function crcOf(bytes: Uint8Array, fields: readonly string[]): number {
  return crc32(encodeText(fields.join("\0")), crc32(bytes));
}
