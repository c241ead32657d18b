import type { ByteString } from "../../../bytes/bytes.ts";

/** A file in an archive for every tar there is (POSIX.1-1988, ustar). */
export interface TarEntry {
  /** At most 100 bytes. */
  readonly name: ByteString;
  readonly mode: number;
  /** Seconds. */
  readonly mtimeS: number;
  /** Below 8 GiB. */
  readonly size: number;
}

export const BLOCK = 512;
export const NAME_MAX = 100;
/** Two blocks of zeros end an archive. */
export const TAR_END: Buffer = Buffer.alloc(2 * BLOCK);

export function tarHeader(entry: TarEntry): Buffer {
  const header = Buffer.alloc(BLOCK);
  const put = (at: number, bytes: ByteString): number => header.write(bytes, at, "latin1");
  const octal = (at: number, digits: number, value: number): number =>
    put(at, `${Math.max(0, value).toString(8).padStart(digits, "0")}\0`);
  put(0, entry.name);
  octal(100, 7, entry.mode & 0o7777);
  octal(108, 7, 0);
  octal(116, 7, 0);
  octal(124, 11, entry.size);
  octal(136, 11, Math.min(Math.floor(entry.mtimeS), 0o77777777777));
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\x0000");
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return header;
}

/** What follows the bytes of a file, up to the next block. */
export function tarPadding(size: number): Buffer {
  return TAR_END.subarray(0, (BLOCK - (size % BLOCK)) % BLOCK);
}
