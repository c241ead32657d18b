import { mkdirSync, mkdtempSync, statSync } from "node:fs";
import { type ByteString, bufferOf } from "./bytes/bytes.ts";
import { YonderError } from "./interface/errors.ts";

/**
 * Like mkdir -p; true where it was not there. Node's own, with `recursive`, never comes back where mkdir finds no entry
 * below a directory that is there, as in /proc.
 *
 * @param mode of all that are made, before the umask
 */
export function makeDirectories(path: string | Buffer, mode = 0o777): boolean {
  // Mostly it is there, and an error costs more than a look.
  if (isDirectory(path)) return false;
  try {
    return makeOne(path, mode);
  } catch (error) {
    const parent = parentOf(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === undefined) throw error;
    makeDirectories(parent, mode);
  }
  return makeOne(path, mode);
}

/** The directory that a file is to be in, if its path names one. */
export function makeParent(file: ByteString): void {
  const directory = file.slice(0, file.lastIndexOf("/") + 1);
  if (directory !== "") makeDirectories(bufferOf(directory));
}

/** Others may make the same at the same time. */
function makeOne(path: string | Buffer, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (isDirectory(path)) return false;
    throw error;
  }
}

function isDirectory(path: string | Buffer): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Undefined where there is none above it to make. */
function parentOf(path: string | Buffer): string | Buffer | undefined {
  let end = path.length;
  const isSlash = (at: number): boolean => path[at] === (typeof path === "string" ? "/" : 0x2f);
  while (end > 0 && isSlash(end - 1)) end--;
  while (end > 0 && !isSlash(end - 1)) end--;
  return end === 0 ? undefined : path.slice(0, end);
}

/** A new directory that is ours alone: its name begins so. @throws YonderError OUTPUT where it cannot be made */
export function makeTemporaryDirectory(beginning: string): string {
  try {
    return mkdtempSync(beginning);
  } catch (cause) {
    throw new YonderError("OUTPUT", {
      message: `cannot make a temporary directory: ${(cause as Error).message}`,
      remedy: "name a directory with room in it: --tmpdir DIR, or $TMPDIR",
      cause,
    });
  }
}
