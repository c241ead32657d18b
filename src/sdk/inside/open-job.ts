import { basename, isAbsolute, relative, sep } from "node:path";
import { encodeText } from "../../bytes/bytes.ts";
import { KEEP_BYTES_DEFAULT, openJournal } from "../../journal/open-journal.ts";
import type { JobRequest } from "../../journal/request.ts";
import type { JournalWriter } from "../../journal/writer.ts";
import { VERSION } from "../../version.ts";
import { workingDirectory } from "../../working-directory.ts";

/** The journal of a program's tasks, or, where it cannot be, one that forgets. */
export function openProgramJournal(warn: (line: string) => void): JournalWriter {
  return openJournal({ env: process.env, keepBytes: KEEP_BYTES_DEFAULT, warn }, programRequest());
}

function programRequest(): JobRequest {
  const [program = "node", main, ...args] = process.argv;
  // What people type is short.
  const words = [basename(program), ...(main === undefined ? [] : [shortPath(main)]), ...args];
  return {
    argv: words.map(encodeText),
    cwd: encodeText(workingDirectory()),
    env: [],
    startedMs: Date.now(),
    version: VERSION,
    stdin: { type: "unused" },
    sdk: true,
  };
}

function shortPath(path: string): string {
  const short = relative(workingDirectory(), path);
  return short === "" || isAbsolute(short) || short.startsWith(`..${sep}`) ? path : short;
}
