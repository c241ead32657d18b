import { type ByteString, bytesOf } from "../../../bytes/bytes.ts";
import { BLOCK } from "./tar-write.ts";

export interface TarRead {
  readonly name: ByteString;
  readonly type: "file" | "directory" | "link" | "hardlink" | "other";
  readonly mode: number;
  readonly mtimeS: number;
  readonly size: number;
  readonly linkTarget: ByteString;
}

export interface TarEvents {
  onEntry(entry: TarRead): void;
  /** Bytes of the last entry, a file. They are valid until this returns. */
  onBytes(bytes: Buffer): void;
}

/**
 * Takes archives apart, one after the other, as the tars of GNU, BSD and busybox make them (ustar, GNU's long names and
 * numbers in base 256, and the pax headers `path`, `linkpath`, `size` and `mtime`).
 *
 * @throws Error at bytes that are no archive
 */
export function tarReader(events: TarEvents): { read(chunk: Buffer): void; isBetweenEntries(): boolean } {
  let rest: Buffer | undefined;
  /** Bytes that belong to the last entry, and how many of these are padding. */
  let left = 0;
  let padding = 0;
  /** An entry that tells of the next one, and what was told. */
  let meta: { readonly type: string; readonly parts: Buffer[] } | undefined;
  let told: Partial<Record<"path" | "linkpath" | "size" | "mtime", ByteString>> = {};

  function takeBytes(bytes: Buffer): void {
    if (meta === undefined) return events.onBytes(bytes);
    meta.parts.push(Buffer.from(bytes));
  }

  function endMeta(): void {
    if (meta === undefined) return;
    const text = bytesOf(Buffer.concat(meta.parts));
    if (meta.type === "L") told.path = cString(text);
    else if (meta.type === "K") told.linkpath = cString(text);
    else if (meta.type === "x") told = { ...told, ...paxRecords(text) };
    meta = undefined;
  }

  function header(block: Buffer): void {
    if (isZero(block)) return;
    if (!hasChecksum(block)) throw new Error("no tar header");
    const type = block.toString("latin1", 156, 157);
    const size = told.size === undefined ? number(block, 124, 12) : Number(told.size);
    if ("LKxg".includes(type)) {
      [left, padding] = [number(block, 124, 12), pad(number(block, 124, 12))];
      meta = { type, parts: [] };
      return;
    }
    const entry: TarRead = {
      name: told.path ?? ustarName(block),
      type: TYPES[type] ?? "other",
      mode: number(block, 100, 8) & 0o7777,
      mtimeS: told.mtime === undefined ? number(block, 136, 12) : Number(told.mtime),
      size: type === "0" || type === "\0" || type === "7" ? size : 0,
      linkTarget: told.linkpath ?? cString(block.toString("latin1", 157, 257)),
    };
    told = {};
    [left, padding] = [entry.size, pad(entry.size)];
    events.onEntry(entry);
  }

  return {
    read(chunk) {
      let data = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
      rest = undefined;
      while (data.length > 0) {
        if (left > 0) {
          const part = data.subarray(0, left);
          left -= part.length;
          takeBytes(part);
          data = data.subarray(part.length);
          if (left > 0) return;
        }
        endMeta();
        const skipped = Math.min(padding, data.length);
        padding -= skipped;
        data = data.subarray(skipped);
        if (padding > 0 || data.length === 0) return;
        if (data.length < BLOCK) {
          rest = Buffer.from(data);
          return;
        }
        header(data.subarray(0, BLOCK));
        data = data.subarray(BLOCK);
      }
    },
    isBetweenEntries: () => left === 0 && padding === 0 && rest === undefined,
  };
}

const TYPES: Readonly<Record<string, TarRead["type"]>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "link",
  "5": "directory",
};

const ZERO = Buffer.alloc(BLOCK);

function isZero(block: Buffer): boolean {
  return block.equals(ZERO);
}

function hasChecksum(block: Buffer): boolean {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += block[at]!;
  return sum === number(block, 148, 8);
}

function ustarName(block: Buffer): ByteString {
  const name = cString(block.toString("latin1", 0, 100));
  // GNU's own format has times where POSIX has the prefix.
  const isPosix = block.toString("latin1", 257, 263) === "ustar\0";
  const prefix = isPosix ? cString(block.toString("latin1", 345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** Octal digits; or, with the first bit set, a number in base 256, which may be negative. */
function number(block: Buffer, at: number, length: number): number {
  if ((block[at]! & 0x80) === 0) return Number.parseInt(block.toString("latin1", at, at + length), 8) || 0;
  let value = (block[at]! & 0x40) === 0 ? block[at]! & 0x3f : (block[at]! & 0x7f) - 0x80;
  for (let index = at + 1; index < at + length; index++) value = value * 256 + block[index]!;
  return value;
}

function cString(text: ByteString): ByteString {
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts all of it. */
function paxRecords(text: ByteString): Record<string, ByteString> {
  const records: Record<string, ByteString> = {};
  for (let at = 0; at < text.length; ) {
    const length = Number.parseInt(text.slice(at), 10);
    if (!(length > 0)) break;
    const record = text.slice(text.indexOf(" ", at) + 1, at + length - 1);
    const equals = record.indexOf("=");
    records[record.slice(0, equals)] = record.slice(equals + 1);
    at += length;
  }
  return records;
}

function pad(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
