import { fstatSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { type ByteString, encodeText } from "../../../bytes/bytes.ts";
import { makeDirectories } from "../../../directories.ts";
import { DETACHED_VARIABLE } from "../../../journal/detach.ts";
import { KEEP_BYTES_DEFAULT, openJournal } from "../../../journal/open-journal.ts";
import type { JobRequest, StdinOrigin } from "../../../journal/request.ts";
import { regularFile } from "../../../journal/resume.ts";
import type { JournalWriter } from "../../../journal/writer.ts";
import type { Options } from "../../../options/options.ts";
import type { CommandLine } from "../../../options/parse.ts";
import { VERSION } from "../../../version.ts";
import { workingDirectory } from "../../../working-directory.ts";
import { inputFilesOf } from "./input-files.ts";

export interface JobJournalOptions {
  readonly name: string;
  readonly argv: readonly ByteString[];
  readonly line: CommandLine;
  readonly env: NodeJS.ProcessEnv;
  readonly tell: (text: ByteString) => void;
}

/** The journal of a new job, or, where it cannot be, one that forgets. */
export function openJobJournal(options: JobJournalOptions): JournalWriter {
  const { line, env, tell, name, argv } = options;
  const detachedId = env[DETACHED_VARIABLE];
  const files = inputFilesOf(line);
  delete env[DETACHED_VARIABLE];
  return openJournal(
    {
      env,
      keepBytes: keepBytes(line.options),
      warn: (text) => tell(encodeText(`Warning: ${text}`)),
      ...(detachedId !== undefined && { id: detachedId }),
    },
    {
      argv: name === "yonder" ? argv : [name, ...argv],
      cwd: encodeText(workingDirectory()),
      env: [],
      startedMs: Date.now(),
      version: VERSION,
      stdin: stdinOrigin(line),
      ...(files.length > 0 && { files }),
      ...streams(),
      ...(detachedId !== undefined && { detached: true }),
    },
  );
}

export function keepBytes({ keepOutput }: Options): number {
  if (keepOutput === undefined) return KEEP_BYTES_DEFAULT;
  if (keepOutput.type === "bytes") return keepOutput.bytes;
  return keepOutput.type === "all" ? Number.POSITIVE_INFINITY : 0;
}

/** Where output goes; of files, a run that is resumed can tell what is there. */
function streams(): Pick<JobRequest, "stdout" | "stderr"> {
  const [stdout, stderr] = [regularFile(1), regularFile(2)];
  return { ...(stdout && { stdout }), ...(stderr && { stderr }) };
}

export function readsStandardInput(line: CommandLine): boolean {
  return (
    line.options.pipe ||
    line.sources.length === 0 ||
    line.sources.some((source) => source.kind === "file" && source.path === "-")
  );
}

/** What a resumed job must read again, and where it finds it. */
function stdinOrigin(line: CommandLine): StdinOrigin {
  if (!readsStandardInput(line)) return { type: "unused" };
  try {
    const stat = fstatSync(0);
    if (stat.isFile()) {
      const path = encodeText(readlinkSync("/proc/self/fd/0"));
      const offset = Number(/^pos:\s*(\d+)/m.exec(readFileSync("/proc/self/fdinfo/0", "latin1"))?.[1] ?? 0);
      return { type: "file", path, sizeBytes: stat.size, mtimeMs: stat.mtimeMs, offset };
    }
  } catch {
    // Closed, or no /proc here.
  }
  return line.options.pipe ? { type: "stream" } : { type: "spool" };
}

/** A fresh directory for the output of attempts that run, on the same file system as what the journal keeps. */
export function captureDirectory(journal: JournalWriter): ByteString | undefined {
  if (journal.attemptsDirectory === "") return undefined;
  const directory = `${journal.attemptsDirectory}/${process.pid}`;
  try {
    rmSync(directory, { recursive: true, force: true });
    makeDirectories(directory, 0o700);
    return encodeText(directory);
  } catch {
    return undefined; // the journal has said why; captures go to $TMPDIR
  }
}
