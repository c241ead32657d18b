import { existsSync, statfsSync } from "node:fs";
import { type ByteString, bufferOf, decodeText } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { AttemptEnd } from "../../../interface/launcher.ts";

/**
 * Why the output of an attempt that has ended cannot be trusted; undefined where nothing says so. Few programs notice that
 * a write has failed, so it is looked at when they have ended, before anything is removed. All ends that are told in one
 * turn of the event loop share a look at the disk.
 */
export function lossOfOutput(): (stdout: ByteString, end: AttemptEnd) => YonderError | undefined {
  const seen = new Map<ByteString, Lack | undefined>();
  return (stdout, end) => {
    const directory = directoryOf(stdout);
    if (!seen.has(directory)) {
      if (seen.size === 0) setImmediate(() => seen.clear());
      seen.set(directory, lackIn(directory));
    }
    const lack = seen.get(directory);
    if (lack !== undefined) return full(directory, lack);
    return neverBegan(end) && !existsSync(bufferOf(stdout)) ? unopened(stdout) : undefined;
  };
}

type Lack = "bytes" | "files";

/** Of what a file system has nothing left. Some, such as ramfs and many of FUSE, do not count: they have nothing in all. */
export function lackOf({ blocks, bavail, files, ffree }: Room): Lack | undefined {
  if (blocks > 0 && bavail === 0) return "bytes";
  return files > 0 && ffree === 0 ? "files" : undefined;
}

interface Room {
  readonly blocks: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

function lackIn(directory: ByteString): Lack | undefined {
  try {
    return lackOf(statfsSync(bufferOf(directory)));
  } catch {
    return undefined; // It is gone.
  }
}

/** A shell that cannot open the output of a command does not run it, and says 1 or 2. */
function neverBegan({ exit, wrote }: AttemptEnd): boolean {
  const { exitCode } = exit;
  return (exitCode === 1 || exitCode === 2) && wrote?.stdout === false && !wrote.stderr;
}

function directoryOf(path: ByteString): ByteString {
  return path.slice(0, path.lastIndexOf("/") + 1) || ".";
}

function full(directory: ByteString, lack: Lack): YonderError {
  const isFull = lack === "bytes" ? "is full" : "has no room for more files";
  return new YonderError("OUTPUT", {
    message: `the disk of ${decodeText(directory)} ${isFull}: the output of jobs may be incomplete`,
    remedy: "make room there, or name a place with room in it: $TMPDIR, and $XDG_STATE_HOME for the journal",
  });
}

function unopened(stdout: ByteString): YonderError {
  return new YonderError("OUTPUT", {
    message: `the output file ${decodeText(stdout)} of a job could not be made, and the job has not run`,
    remedy:
      "look whether its directory is there and may be written to, then run what is missing: yonder resume --failed @",
  });
}
