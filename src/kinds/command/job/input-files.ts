import { statSync } from "node:fs";
import { type ByteString, bufferOf, decodeText } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { InputFile } from "../../../journal/request.ts";
import type { CommandLine } from "../../../options/parse.ts";

/** The files that a command line reads, as they are now. One that cannot be seen is left to whoever opens it. */
export function inputFilesOf({ sources }: Pick<CommandLine, "sources">): InputFile[] {
  return sources.flatMap((source) => {
    const file = source.kind === "file" && source.path !== "-" ? inputFile(source.path) : undefined;
    return file ?? [];
  });
}

/**
 * True, with a warning, where a file is not what it was when the job began. A task is known by its number: nobody can say then
 * that what has run is what is asked for now.
 *
 * @throws YonderError JOURNAL where one was a pipe: what was in it is gone
 */
export function haveChanged(files: readonly InputFile[], warn: (text: string) => void): boolean {
  return files.map((file) => hasChanged(file, warn)).includes(true);
}

function hasChanged(file: InputFile, warn: (text: string) => void): boolean {
  const path = decodeText(file.path);
  if (!("sizeBytes" in file)) {
    throw new YonderError("JOURNAL", {
      message: `the job read ${path}, which was no regular file: what was in it is gone`,
      remedy: "run its command again; arguments from a file, or from standard input, can be resumed",
    });
  }
  const now = inputFile(file.path);
  // Whoever opens it says that it is gone.
  if (now === undefined) return true;
  if ("sizeBytes" in now && now.sizeBytes === file.sizeBytes && now.mtimeMs === file.mtimeMs) return false;
  warn(
    `${path} has changed since the job began: tasks are numbered by what it holds now, and the job counts as failed`,
  );
  return true;
}

function inputFile(path: ByteString): InputFile | undefined {
  const stat = statSync(bufferOf(path), { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  return stat.isFile() ? { path, sizeBytes: stat.size, mtimeMs: stat.mtimeMs } : { path };
}
