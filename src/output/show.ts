import type { ByteString } from "../bytes/bytes.ts";
import type { LogEntry } from "./joblog.ts";
import { sizeOf } from "./places.ts";
import type { SinkOptions } from "./sink-types.ts";
import { type Ended, logEntry, type Running } from "./task.ts";

/** One way to show tasks. Everything is queued in the writer. */
export interface Show {
  /** The captured standard output is the person's to keep, not ours to remove; and the same for standard error. */
  readonly keepsStdout: boolean;
  readonly keepsStderr: boolean;
  /** See `SinkEnd.texts`. */
  readonly takesTexts?: true;
  started(running: Running): void;
  /** All that remains to be written about the task. */
  ended(ended: Ended, sizes: Sizes, entry: LogEntry): void;
  /** What these tasks have written since; returns in how many ms to look again. */
  poll?(running: Iterable<Running>): number | undefined;
  /** What stands behind all tasks on standard output, with the exit status of the run. */
  lastWords?(exitCode: number): ByteString;
  /** After the last words have been written. */
  dispose?(): void;
}

export interface Sizes {
  readonly stdout: number;
  readonly stderr: number;
}

export type ShowOptions = SinkOptions & { readonly stdout: number; readonly stderr: number };

export interface Captured {
  readonly stream: 1 | 2;
  readonly path: ByteString;
  readonly size: number;
  readonly stays: boolean;
}

export function sizesOf({ place, end }: Ended): Sizes {
  if (end.texts !== undefined) return { stdout: end.texts.stdout.length, stderr: end.texts.stderr.length };
  if (place === undefined) return { stdout: 0, stderr: 0 };
  return {
    stdout: end.wrote?.stdout === false ? 0 : sizeOf(place.stdout),
    stderr: end.wrote?.stderr === false ? 0 : sizeOf(place.stderr),
  };
}

/** GNU parallel counts the command that -v shows as received. */
export function entryOf(ended: Ended, sizes: Sizes, options: SinkOptions): LogEntry {
  const isCounted = options.showCommand === "stdout" && ended.place !== undefined;
  return logEntry(ended, sizes.stdout + (isCounted ? ended.task.command.length + 1 : 0));
}

export function capturesOf({ place, end }: Running, sizes: Sizes, show: Show): Captured[] {
  if (place === undefined || end?.texts !== undefined) return [];
  return [
    { stream: 1, path: place.stdout, size: sizes.stdout, stays: show.keepsStdout },
    { stream: 2, path: place.stderr, size: sizes.stderr, stays: show.keepsStderr },
  ];
}
