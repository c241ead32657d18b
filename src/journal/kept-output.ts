import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { JOB_FILES } from "./places.ts";
import type { OutputRef } from "./records.ts";

/** Bytes of a file: a stream of an attempt. */
export interface KeptOutput {
  readonly path: string;
  readonly at: number;
  readonly bytes: number;
}

/** Where the bytes are; undefined where they were not kept. */
export function locateOutput(directory: string, ref: OutputRef): KeptOutput | undefined {
  if ("at" in ref) return { path: join(directory, JOB_FILES.output), at: ref.at, bytes: ref.bytes };
  if (!("file" in ref)) return undefined;
  const path = join(directory, JOB_FILES.attempts, ref.file);
  return statSync(path, { throwIfNoEntry: false }) && { path, at: 0, bytes: ref.bytes };
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
