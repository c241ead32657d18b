import { createHash } from "node:crypto";
import { readlinkSync } from "node:fs";
import { isatty } from "node:tty";
import type { ByteString } from "../bytes/bytes.ts";

/** The longest name of a file, without what stands around ours: "id-" and ".lock". */
const NAME_BYTES_MAX = 240;

/**
 * The file name that GNU parallel gives a semaphore: letters, digits, _ and - as they are, other bytes in hexadecimal.
 * One that is too long for a file (GNU parallel hangs on it) ends in a digest.
 */
export function semaphoreFileName(name: ByteString): string {
  const encoded = name.replace(/[^\w-]/g, (byte) => byte.charCodeAt(0).toString(16));
  if (encoded.length <= NAME_BYTES_MAX) return `id-${encoded}`;
  const digest = createHash("sha256").update(name, "latin1").digest("hex");
  return `id-${encoded.slice(0, NAME_BYTES_MAX - digest.length)}${digest}`;
}

/** Without --id: the terminal of standard input, as tty(1) says it. */
export function defaultSemaphoreName(): ByteString {
  if (!isatty(0)) return "not a tty";
  try {
    return readlinkSync("/proc/self/fd/0", "latin1");
  } catch {
    return "tty";
  }
}
