import { existsSync, renameSync, statSync, unlinkSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import { makeDirectories } from "../directories.ts";
import { YonderError } from "../interface/errors.ts";
import type { Row } from "../interface/task.ts";

export type TableFormat = "csv" | "tsv" | "json";

/** --results NAME. */
export type Results = ResultsNames | ResultsTable;

/** Three files for each task. */
export type ResultsNames =
  /** DIRECTORY/1/VALUE/2/VALUE/stdout, with the names of columns in place of numbers where they have some. */
  | { readonly type: "tree"; readonly directory: ByteString; readonly columnNames?: readonly ByteString[] }
  /** Each task brings its own path, made from the template; one that ends in / is a directory. */
  | { readonly type: "template" };

/** One table of all tasks; path "-" is standard output. */
export interface ResultsTable {
  readonly type: "table";
  readonly format: TableFormat;
  readonly path: ByteString;
  readonly columnNames?: readonly ByteString[];
}

interface ResultsTask {
  readonly rows: readonly Row[];
  /** The template's value for this task. */
  readonly resultsPath?: ByteString;
}

/** What `name` asks for; the driver expands a template for each task. */
export function parseResults(
  name: ByteString,
  hasReplacementString: boolean,
  columnNames?: readonly ByteString[],
): Results {
  const names = columnNames === undefined ? {} : { columnNames };
  const table = /^(.+)\.(csv|tsv|json)$/s.exec(name);
  if (table !== null) {
    const path = table[1] === "-" ? "-" : name;
    return { type: "table", format: table[2] as TableFormat, path, ...names };
  }
  return hasReplacementString ? { type: "template" } : { type: "tree", directory: name, ...names };
}

/** The files of one task. `seq` is written when all is done: where it is, the others are whole. */
export interface ResultsFiles {
  readonly stdout: ByteString;
  readonly stderr: ByteString;
  readonly seq: ByteString;
}

/** What a task's files are named after: a directory where it ends in /. */
export function resultsPath(names: ResultsNames, task: ResultsTask): ByteString {
  return names.type === "tree" ? treePath(names, task.rows) : (task.resultsPath ?? "");
}

export function resultsFiles(path: ByteString): ResultsFiles {
  if (!path.endsWith("/")) return { stdout: path, stderr: `${path}.err`, seq: `${path}.seq` };
  return { stdout: `${path}stdout`, stderr: `${path}stderr`, seq: `${path}seq` };
}

/** Makes the directory in which a task's files will be, and gives it with a slash at its end; "" is where we are. */
export function resultsDirectory(path: ByteString): ByteString {
  const directory = path.slice(0, path.lastIndexOf("/") + 1);
  try {
    if (directory !== "") makeDirectories(bufferOf(directory));
    return directory;
  } catch (cause) {
    throw new YonderError("OUTPUT", {
      message: `Cannot write to \`${resultsFiles(path).stdout}'.`,
      remedy: `check the directory and the name of --results: ${(cause as Error).message}`,
      cause,
    });
  }
}

/** True where an earlier run has left this task's whole results: --resume does not run it again. */
export function hasResults(names: ResultsNames, task: ResultsTask): boolean {
  const { stdout, seq } = resultsFiles(resultsPath(names, task));
  return existsSync(bufferOf(stdout)) && isSeqWritten(seq);
}

/** A driver that is killed when it has made the file, and before it writes, leaves an empty one: that does not speak. */
export function isSeqWritten(seq: ByteString): boolean {
  return (statSync(bufferOf(seq), { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Gives the outputs of an attempt their names, each at once: who reads them sees all of what was there, or all of what
 * comes. Of several tasks with the same names the last to end has them.
 */
export function placeResults(from: Omit<ResultsFiles, "seq">, to: ResultsFiles): void {
  // It speaks of what was there.
  if (existsSync(bufferOf(to.seq))) unlinkSync(bufferOf(to.seq));
  replace(from.stdout, to.stdout);
  replace(from.stderr, to.stderr);
}

/** An attempt that never began has no file. Then there is none. */
function replace(from: ByteString, to: ByteString): void {
  try {
    renameSync(bufferOf(from), bufferOf(to));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || existsSync(bufferOf(from))) throw error;
    if (existsSync(bufferOf(to))) unlinkSync(bufferOf(to));
  }
}

function treePath(names: Extract<ResultsNames, { type: "tree" }>, rows: readonly Row[]): ByteString {
  let path = `${names.directory}/`;
  for (const row of rows) {
    row.forEach((value, column) => {
      path += `${names.columnNames?.[column] ?? column + 1}/${directoryName(value)}/`;
    });
  }
  return path;
}

const ESCAPES: Record<string, string> = { "\\": "\\\\", "/": "\\_", "\t": "\\t", "\0": "\\0" };
const NAME_BYTES_MAX = 255;

/** GNU parallel's escapes. Longer values than a name can be end in a hash, so that two of them never share a name. */
function directoryName(value: ByteString): ByteString {
  const name = /[\\/\t\0]/.test(value) ? value.replace(/[\\/\t\0]/g, (char) => ESCAPES[char]!) : value;
  if (name.length <= NAME_BYTES_MAX) return name;
  // Loaded when needed, since it is slow to load.
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash = createHash("sha256").update(name, "latin1").digest("hex").slice(0, 16);
  return `${name.slice(0, NAME_BYTES_MAX - hash.length - 1)}~${hash}`;
}
