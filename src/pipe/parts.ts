import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { type ByteString, bufferOf, decodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { createFileWindow, type FileWindow } from "./file-window.ts";
import { headerLength } from "./header.ts";
import { type BorderSearch, borderSearch } from "./part-borders.ts";
import type { FilePart, PartOptions } from "./part-options.ts";

/**
 * The parts of files for --pipepart, in order. Only the neighbourhood of each border is read. A part ends with the
 * first record that ends a block's length or more after the part's start.
 */
export async function* fileParts(
  options: PartOptions,
  paths: readonly ByteString[],
): AsyncGenerator<FilePart, void, undefined> {
  const sizes = paths.map(fileBytes);
  const blockBytes = partBytes(options, sizes);
  for (const [i, path] of paths.entries()) {
    const window = createFileWindow(path, sizes[i]!);
    try {
      yield* partsOf(path, window, options, blockBytes);
    } finally {
      window.close();
    }
  }
}

/** --pipepart --tee: every job gets the whole file. */
export function wholeFile(path: ByteString): FilePart {
  return { path, start: 0, end: fileBytes(path), headerBytes: 0 };
}

async function* partsOf(
  path: ByteString,
  window: FileWindow,
  options: PartOptions,
  blockBytes: number,
): AsyncGenerator<FilePart> {
  const headerBytes = findHeader(window, options, blockBytes);
  const header = window.read(0, headerBytes);
  const nextBorder: BorderSearch = borderSearch(options, header);
  for (let start = headerBytes; start < window.bytes; ) {
    const from = start + blockBytes;
    const end = from < window.bytes ? await nextBorder(window, from) : window.bytes;
    yield { path, start, end, headerBytes };
    start = end;
  }
}

function findHeader(window: FileWindow, { header }: PartOptions, blockBytes: number): number {
  if (header === undefined) return 0;
  for (let bytes = Math.max(blockBytes, 1 << 16); ; bytes *= 2) {
    const complete = bytes >= window.bytes || header.type === "regexp";
    const length = headerLength(header, window.read(0, Math.min(bytes, window.bytes)), complete);
    if (length !== undefined) return length;
  }
}

/** A byte more than their share, as in GNU parallel, so that all parts start within the file. */
function partBytes({ block, slots }: PartOptions, sizes: readonly number[]): number {
  if (block > 0) return block;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return Math.floor(total / (slots * Math.max(1, -block))) + 1;
}

function fileBytes(path: ByteString): number {
  const name = decodeText(path);
  const fd = open(path);
  try {
    const stat = fstatSync(fd);
    if (stat.isFile()) return stat.size;
    if (stat.isBlockDevice()) return deviceBytes(stat.rdev);
  } finally {
    closeSync(fd);
  }
  throw new YonderError("INPUT", {
    message: `${name} is neither a file nor a block device`,
    remedy: "use --pipe for what cannot be read from the middle",
  });
}

function open(path: ByteString): number {
  try {
    return openSync(bufferOf(path), "r");
  } catch (cause) {
    throw new YonderError("INPUT", {
      message: `File not found: ${decodeText(path)}`,
      remedy: "check the name given with -a or ::::",
      cause,
    });
  }
}

/** Linux tells the size of a device in sectors of 512 bytes, whatever its own are. */
function deviceBytes(device: number): number {
  const major = ((device >>> 8) & 0xfff) | (Math.floor(device / 2 ** 32) & ~0xfff);
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  return Number(readFileSync(`/sys/dev/block/${major}:${minor}/size`, "latin1")) * 512;
}
