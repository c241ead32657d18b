import { randomBytes } from "node:crypto";
import { mkdirSync, rmdirSync, statSync, unlinkSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { OutputSpec } from "../interface/launcher.ts";

interface Attempt {
  readonly seq: number;
  readonly attempt: number;
}

/** The files that hold what an attempt has written, with their sizes at this moment (0 where there is no file). */
export interface Stored {
  readonly stdout: ByteString;
  readonly stderr: ByteString;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}

/** Two files for each attempt in one directory, named after the attempt, so that nothing about them is remembered. */
export interface Capture {
  spec(attempt: Attempt): Extract<OutputSpec, { type: "files" }>;
  stored(attempt: Attempt): Stored;
  remove(attempt: Attempt): void;
  unlink(path: ByteString): void;
  /** Removes the directory if it is this capture's own and empty. */
  close(): void;
}

export function openCapture(options: { captureDirectory?: ByteString; tmpdir: ByteString }): Capture {
  let ownDirectory: ByteString | undefined;

  return {
    spec,
    stored: (attempt) => {
      const { stdout, stderr } = spec(attempt);
      return { stdout, stderr, stdoutBytes: sizeOf(stdout), stderrBytes: sizeOf(stderr) };
    },
    remove: (attempt) => {
      const { stdout, stderr } = spec(attempt);
      unlink(stdout);
      unlink(stderr);
    },
    unlink,
    close: () => {
      if (ownDirectory !== undefined) removeDirectory(ownDirectory);
      ownDirectory = undefined;
    },
  };

  function spec(attempt: Attempt): Extract<OutputSpec, { type: "files" }> {
    const directory = options.captureDirectory ?? (ownDirectory ??= makeDirectory(options.tmpdir));
    const name = `${directory}/${attempt.seq}.${attempt.attempt}`;
    return { type: "files", stdout: name + ".out", stderr: name + ".err" };
  }
}

export function sizeOf(path: ByteString): number {
  return statSync(bufferOf(path), { throwIfNoEntry: false })?.size ?? 0;
}

function makeDirectory(tmpdir: ByteString): ByteString {
  try {
    const directory = `${tmpdir}/yonder-${randomBytes(8).toString("hex")}`;
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

function unlink(path: ByteString): void {
  try {
    unlinkSync(bufferOf(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function removeDirectory(path: ByteString): void {
  try {
    rmdirSync(bufferOf(path));
  } catch {
    // Something was left in it on purpose, or somebody has cleaned up already.
  }
}
