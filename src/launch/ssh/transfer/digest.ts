import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { type ByteString, bufferOf } from "../../../bytes/bytes.ts";

const READ_BYTES = 1 << 20;

/** The SHA-256 of the first bytes of a file here, in hexadecimal. Undefined where it has fewer. */
export async function localDigest(path: ByteString, bytes: number): Promise<string | undefined> {
  const file = await open(bufferOf(path));
  try {
    const hasher = createHash("sha256");
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, Math.max(1, bytes)));
    for (let left = bytes; left > 0; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(left, buffer.length));
      if (bytesRead === 0) return undefined;
      hasher.update(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return hasher.digest("hex");
  } finally {
    await file.close();
  }
}

/**
 * Shell source that defines `sum`: the SHA-256 of files, or of standard input, a line for each that begins with it, by
 * whatever the host has for it. Nothing, and a status that is not zero, where it has nothing.
 */
export const DEFINE_SUM: ByteString =
  "has() { command -v $1 >/dev/null; }; " +
  'sum() { if has sha256sum; then sha256sum "$@"; elif has shasum; then shasum -a 256 "$@"; ' +
  'elif has openssl; then openssl dgst -sha256 -r "$@"; elif has sha256; then sha256 -r "$@"; else return 1; fi; }; ';

/** What `sum` has said in a line. A backslash before it says that the name after it has some. */
export function digestIn(text: ByteString): string | undefined {
  return /^\\?([0-9a-f]{64})\b/m.exec(text)?.[1];
}
