import { Buffer } from "node:buffer";
import { type ByteString, isAscii, isText } from "../bytes/bytes.ts";

/**
 * Bytes in a JSON file. The file is written and read as latin1, one char a byte, so a string that is UTF-8 stands there
 * as itself, readable for every tool; other bytes stand as base64, so that the file is always valid UTF-8.
 */
export type JsonBytes = string | { readonly base64: string };

export function toJsonBytes(bytes: ByteString): JsonBytes {
  if (isAscii(bytes) || isText(bytes)) return bytes;
  return { base64: Buffer.from(bytes, "latin1").toString("base64") };
}

export function fromJsonBytes(json: JsonBytes): ByteString {
  return typeof json === "string" ? json : Buffer.from(json.base64, "base64").toString("latin1");
}

export function isJsonBytes(json: unknown): json is JsonBytes {
  if (typeof json !== "object" || json === null) return typeof json === "string";
  return "base64" in json && typeof json.base64 === "string";
}

/** At most `limit` bytes, not cut within a UTF-8 character. */
export function cutBytes(bytes: ByteString, limit: number): ByteString {
  if (bytes.length <= limit) return bytes;
  let end = limit;
  while (end > limit - 4 && (bytes.charCodeAt(end) & 0xc0) === 0x80) end--;
  return bytes.slice(0, end);
}
