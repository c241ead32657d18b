import { copyFileSync, linkSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import { makeDirectories } from "../directories.ts";
import { crc32, crcText } from "../seal/crc32.ts";
import type { AppendFile } from "./append-file.ts";
import { JOB_FILES } from "./places.ts";
import type { OutputRef } from "./records.ts";

/** What one stream of an attempt wrote. */
export type OutputSource =
  /** `isUnseen`: nobody has been shown them. */
  | { readonly type: "bytes"; readonly bytes: Buffer; readonly isUnseen?: boolean }
  | { readonly type: "file"; readonly path: ByteString; readonly sizeBytes: number };

/** Larger outputs are linked or copied as files, not read into memory. */
const COPY_BYTES_MAX = 1 << 20;

export interface Keeper {
  /** Keeps a stream's bytes, or counts them. The source stays as it is. */
  keep(name: string, source: OutputSource): OutputRef | undefined;
  /** These tasks have been shown: what was held only for that can go. */
  release(tasks: readonly number[]): void;
}

/**
 * Keeps outputs up to a limit. What is beyond it is held until it has been shown, where that costs no copy: a run that
 * is resumed can then still show what this one did not come to show.
 */
export function keeper(directory: string, output: AppendFile, limitBytes: number): Keeper {
  let keptBytes = output.sizeBytes;
  const held = new Map<number, string[]>();

  const ownFile = (name: string, source: OutputSource, mayCopy: boolean): boolean => {
    if (source.type === "bytes" && !source.isUnseen) return false;
    const target = join(directory, JOB_FILES.attempts, name);
    makeDirectories(join(directory, JOB_FILES.attempts), 0o700);
    if (source.type === "bytes") {
      writeFileSync(target, source.bytes);
      return true;
    }
    const { path } = source;
    try {
      linkSync(bufferOf(path), target);
    } catch {
      if (!mayCopy) return false;
      copyFileSync(bufferOf(path), target);
    }
    return true;
  };
  return {
    keep(name, source) {
      const bytes = source.type === "bytes" ? source.bytes.length : source.sizeBytes;
      if (bytes === 0) return undefined;
      const withinLimit = keptBytes + bytes <= limitBytes;
      if (withinLimit) keptBytes += bytes;
      if (withinLimit && (source.type === "bytes" || bytes <= COPY_BYTES_MAX)) {
        const at = output.sizeBytes;
        const content = source.type === "bytes" ? source.bytes : readFileSync(bufferOf(source.path));
        output.append(content);
        return { at, bytes: content.length, crc32: crcText(crc32(content)) };
      }
      if (!ownFile(name, source, withinLimit)) return { bytes };
      if (!withinLimit) {
        const task = Number.parseInt(name, 10);
        held.set(task, [...(held.get(task) ?? []), join(directory, JOB_FILES.attempts, name)]);
      }
      return { file: name, bytes };
    },
    release(tasks) {
      if (held.size === 0) return;
      for (const task of tasks) {
        for (const file of held.get(task) ?? []) unlinkSync(file);
        held.delete(task);
      }
    },
  };
}

/** The bytes kept so far, for a job that goes on. */
export function outputSize(directory: string): number {
  return statSync(join(directory, JOB_FILES.output), { throwIfNoEntry: false })?.size ?? 0;
}
