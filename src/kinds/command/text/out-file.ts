import { renameSync, rmSync } from "node:fs";
import { type ByteString, bufferOf } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { makeParent } from "../../../directories.ts";
import { YonderError } from "../../../interface/errors.ts";

/** Stands for {out} in a compiled command: no argument can contain it. */
const PLACE = "\0out\0";

/** Takes {out} out of the reach of the other replacement strings. */
export function markOut(word: ByteString): ByteString {
  return word.replaceAll("{out}", PLACE);
}

/** The command without a path for its output. */
export function showOut(command: ByteString): ByteString {
  return command.replaceAll(PLACE, "{out}");
}

/**
 * --out: a job writes to a temporary path beside the final one, which gets its name only when the job has succeeded. So
 * a file that exists is whole.
 */
export interface OutFile {
  readonly command: ByteString;
  /** Gives the file its name; a reason where that failed. */
  commit(): string | undefined;
  discard(): void;
}

/**
 * @param run names the job, also for whoever goes on with it: what a crash has left has the same name, and goes
 */
export function outFile(path: ByteString, command: ByteString, run: string, seq: number): OutFile {
  const temporary = temporaryPath(path, run, seq);
  makeDirectoryOf(path);
  const discard = (): void => rmSync(bufferOf(temporary), { force: true, recursive: true });
  discard();
  return {
    command: command.replaceAll(PLACE, quoteWord(temporary)),
    commit() {
      try {
        renameSync(bufferOf(temporary), bufferOf(path));
        return undefined;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return code === "ENOENT" ? `the command succeeded but wrote no {out} for ${path}` : message;
      }
    },
    discard,
  };
}

function makeDirectoryOf(path: ByteString): void {
  try {
    makeParent(path);
  } catch (cause) {
    throw new YonderError("OUTPUT", {
      message: `Cannot write to --out ${path}.`,
      remedy: `check the directory: ${(cause as Error).message}`,
      cause,
    });
  }
}

/** Beside the final path. */
export function temporaryPath(path: ByteString, run: string, seq: number): ByteString {
  const slash = path.lastIndexOf("/") + 1;
  // The extension stays last: many programs choose a format by it.
  return `${path.slice(0, slash)}.yonder-${run}-${seq}-${path.slice(slash)}`;
}
