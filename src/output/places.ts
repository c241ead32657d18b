import { existsSync, mkdirSync, rmdirSync, statSync, unlinkSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { Row } from "../interface/task.ts";
import { prepareResults, type ResultsNames } from "./results.ts";

/** The two files that an attempt writes to. */
export interface Place {
  readonly stdout: ByteString;
  readonly stderr: ByteString;
  /** What marks the two as whole, with --results: written last. */
  readonly seqPath?: ByteString;
}

export interface PlaceTask {
  readonly seq: number;
  readonly attempt: number;
  readonly rows: readonly Row[];
  readonly resultsPath?: ByteString;
}

export interface PlaceOptions {
  readonly captureDirectory?: ByteString;
  readonly tmpdir: ByteString;
  /** --files: standard output stays in a file of its own in tmpdir. */
  readonly files?: boolean;
}

/** Decides where attempts write to: a capture to be removed when shown, a file of --files, or the tree of --results. */
export interface Places {
  at(task: PlaceTask): Place;
  /** Removes the directory of the captures if it is ours and empty. */
  close(): void;
}

/** With `results`, both files stay where these names say. */
export function openPlaces(options: PlaceOptions, results: ResultsNames | undefined): Places {
  let ownDirectory: ByteString | undefined;
  return {
    at: (task) => {
      if (results !== undefined) return prepareResults(results, task);
      const directory = options.captureDirectory ?? (ownDirectory ??= makeDirectory(options.tmpdir));
      const name = `${directory}/${task.seq}.${task.attempt}`;
      return { stdout: options.files ? newFileName(options.tmpdir) : `${name}.out`, stderr: `${name}.err` };
    },
    close: () => {
      if (ownDirectory !== undefined) removeDirectory(ownDirectory);
      ownDirectory = undefined;
    },
  };
}

/** Size in bytes; 0 where there is no file, as for an attempt that never began. */
export function sizeOf(path: ByteString): number {
  return statSync(bufferOf(path), { throwIfNoEntry: false })?.size ?? 0;
}

export function removeFile(path: ByteString): void {
  try {
    unlinkSync(bufferOf(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

const NAME_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** parXXXXX.par, as GNU parallel names them. */
function newFileName(tmpdir: ByteString): ByteString {
  for (;;) {
    const path = `${tmpdir}/par${randomName(5)}.par`;
    if (!existsSync(bufferOf(path))) return path;
  }
}

function randomName(length: number): string {
  let name = "";
  while (name.length < length) name += NAME_CHARACTERS[Math.floor(Math.random() * NAME_CHARACTERS.length)];
  return name;
}

function makeDirectory(tmpdir: ByteString): ByteString {
  // mkdir fails on a name that somebody else has made, so that it need not be a secret.
  const directory = `${tmpdir}/yonder-${process.pid}-${randomName(8)}`;
  try {
    mkdirSync(bufferOf(directory), { mode: 0o700 });
    return directory;
  } catch (cause) {
    throw new YonderError("OUTPUT", {
      message: `cannot keep output in ${tmpdir}: ${(cause as Error).message}`,
      remedy: "name a directory with room in it: --tmpdir DIR, or $TMPDIR",
      cause,
    });
  }
}

function removeDirectory(path: ByteString): void {
  try {
    rmdirSync(bufferOf(path));
  } catch {
    // Something was left in it on purpose, or somebody has cleaned up already.
  }
}
