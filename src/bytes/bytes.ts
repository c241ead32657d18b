/**
 * A string of bytes: every char code is 0 to 255, one char a byte (latin1).
 *
 * Arguments, file names and output are bytes, not text. As a JavaScript string of bytes they can be cut, joined and
 * matched with regular expressions at full speed, and nothing has to be valid UTF-8. Convert only at the edges.
 */
export type ByteString = string;

export function bytesOf(buffer: Buffer): ByteString {
  return buffer.toString("latin1");
}

export function bufferOf(bytes: ByteString): Buffer {
  return Buffer.from(bytes, "latin1");
}

/** The bytes of a text (UTF-8). */
export function encodeText(text: string): ByteString {
  // Most arguments are ASCII, where the two are the same string.
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The text of some bytes (UTF-8); what is not UTF-8 becomes U+FFFD. For showing, never for running. */
export function decodeText(bytes: ByteString): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

/** True where decodeText loses nothing. */
export function isText(bytes: ByteString): boolean {
  return isAscii(bytes) || encodeText(decodeText(bytes)) === bytes;
}

export function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}
