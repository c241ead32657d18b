import { deserialize } from "node:v8";
import { decode, encode } from "../codec.ts";
import { type Packed, pack, unpack } from "./pack.ts";

/** Before the bytes. What earlier versions wrote is v8.serialize's, and begins with 255. */
const FORMAT = 1;

/**
 * A value as bytes that can be kept, for this major version of Node and later ones: as it would arrive elsewhere.
 *
 * @throws where it cannot be sent
 */
export function bytesOfValue(value: unknown): Buffer {
  return Buffer.concat([Buffer.of(FORMAT), encode(pack(value))]);
}

/** The value again, with memory of its own. */
export function valueOfBytes(bytes: Uint8Array): unknown {
  return bytes[0] === FORMAT ? unpack(decode(bytes.subarray(1)) as Packed) : deserialize(bytes);
}
