import { YonderError } from "../../interface/errors.ts";

/** The length of a number as a protobuf varint; `value` is a whole number below 2^53. */
export function varintLength(value: number): number {
  let length = 1;
  while (value > 127) {
    value = Math.floor(value / 128);
    length++;
  }
  return length;
}

/** Writes a varint and gives the offset behind it. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  while (value > 127) {
    target[at++] = (value % 128) | 128;
    value = Math.floor(value / 128);
  }
  target[at++] = value;
  return at;
}

/** A field of a protobuf message: a number for wire type 0, bytes (a view) for wire type 2. */
export interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/**
 * The fields of a message, in their order. Of the protobuf wire format only what dag-pb and UnixFS use: varints and
 * lengths.
 *
 * @throws YonderError INPUT
 */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    const first = readVarint(bytes, tag.next);
    const number = Math.floor(tag.value / 8);
    if (tag.value % 8 === 0) {
      yield { number, value: first.value };
      at = first.next;
    } else if (tag.value % 8 === 2) {
      at = first.next + first.value;
      if (at > bytes.length) throw malformed("a field is longer than the message");
      yield { number, value: bytes.subarray(first.next, at) };
    } else if (tag.value % 8 === 5) {
      // The nanoseconds of a modification time (fixed32), which nothing here asks for.
      at = tag.next + 4;
    } else throw malformed(`wire type ${tag.value % 8}`);
  }
}

/** @throws YonderError INPUT where it is cut off, or 2^53 or more */
export function readVarint(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  for (let next = at; next < bytes.length && next < at + 8; scale *= 128) {
    const byte = bytes[next++]!;
    value += (byte & 127) * scale;
    if (byte < 128) {
      if (!Number.isSafeInteger(value)) break;
      return { value, next };
    }
  }
  throw malformed("a number is cut off or too large");
}

export function malformed(what: string): YonderError {
  return new YonderError("INPUT", {
    message: `not a block that yonder can read: ${what}`,
    remedy: "the block is what its CID says; it was made by a program that writes another format",
    exitCode: 1,
  });
}
