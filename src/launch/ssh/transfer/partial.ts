import { createHash } from "node:crypto";
import type { ByteString } from "../../../bytes/bytes.ts";

/** Of a file at its source. */
export interface Version {
  readonly size: number;
  /** Seconds. */
  readonly mtimeS: number;
}

/** What a file is called, beside its place, until it is whole. Another version of it has another name. */
export function partialName(name: ByteString, { size, mtimeS }: Version): ByteString {
  const digest = createHash("sha256").update(name, "latin1").update(`/${size}/${mtimeS}`).digest("hex");
  return `.yonder-${digest.slice(0, 16)}`;
}
