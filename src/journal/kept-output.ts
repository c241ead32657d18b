import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32, crcText } from "../seal/crc32.ts";
import { JOB_FILES } from "./places.ts";
import type { OutputRef } from "./records.ts";

/** Bytes of a file: a stream of an attempt. */
export interface KeptOutput {
  readonly path: string;
  readonly at: number;
  readonly bytes: number;
}

/** Where the bytes are, and that they are those which were kept. Files of their own are not read for that: they are long. */
export function locateOutput(directory: string, ref: OutputRef): KeptOutput | "not kept" | "damaged" {
  if (!("at" in ref || "file" in ref)) return "not kept";
  const { bytes } = ref;
  const path =
    "at" in ref ? join(directory, JOB_FILES.output) : join(directory, JOB_FILES.attempts, ref.file);
  const at = "at" in ref ? ref.at : 0;
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  // A file of its own is removed when nobody needs it any more.
  if (size === undefined && "file" in ref) return "not kept";
  if (size === undefined || size < at + bytes) return "damaged";
  const kept = { path, at, bytes };
  return "crc32" in ref && ref.crc32 !== crcOf(kept) ? "damaged" : kept;
}

function crcOf(kept: KeptOutput): string {
  let crc = 0;
  for (const chunk of readKept(kept)) crc = crc32(chunk, crc);
  return crcText(crc);
}

const CHUNK_BYTES = 1 << 16;

/** The bytes, from `skip` on, in pieces that the caller may keep. */
export function* readKept(output: KeptOutput, skip = 0): Generator<Buffer, void, undefined> {
  const fd = openSync(output.path, "r");
  try {
    let position = output.at + skip;
    const end = output.at + output.bytes;
    while (position < end) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - position));
      const count = readSync(fd, chunk, 0, chunk.length, position);
      if (count === 0) return;
      position += count;
      yield chunk.subarray(0, count);
    }
  } finally {
    closeSync(fd);
  }
}
