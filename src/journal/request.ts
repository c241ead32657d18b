import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ByteString } from "../bytes/bytes.ts";
import { fromJsonBytes, type JsonBytes, toJsonBytes } from "./json-bytes.ts";
import { JOB_FILES } from "./places.ts";

/** What a job was asked to do: enough to ask for the same again, from the same place. */
export interface JobRequest {
  /** The words after the program's name; of a program with tasks, all of its words. */
  readonly argv: readonly ByteString[];
  readonly cwd: ByteString;
  /** Variables that a later resume must set. */
  readonly env: readonly (readonly [name: string, value: ByteString])[];
  readonly startedMs: number;
  readonly version: string;
  readonly stdin: StdinOrigin;
  /** Set where the stream is a regular file; the two are the same file after `> file 2>&1`. */
  readonly stdout?: OutputFile;
  readonly stderr?: OutputFile;
  readonly detached?: boolean;
  /** A program's tasks, functions: `argv` is the program, and only it can go on with them. */
  readonly sdk?: boolean;
}

export type StdinOrigin =
  /** Not read. */
  | { readonly type: "unused" }
  /** Arguments, kept in the job's `stdin` as they were read. */
  | { readonly type: "spool" }
  /** A regular file, from this offset. */
  | {
      readonly type: "file";
      readonly path: ByteString;
      readonly sizeBytes: number;
      readonly mtimeMs: number;
      readonly offset: number;
    }
  /** Data from a pipe or a terminal, not kept: the job cannot be resumed. */
  | { readonly type: "stream" };

export interface OutputFile {
  readonly dev: number;
  readonly ino: number;
  /** Its size when the job began: what is before is not ours. */
  readonly startBytes: number;
}

interface RequestJson extends Omit<JobRequest, "argv" | "cwd" | "env" | "stdin"> {
  readonly format: 1;
  readonly argv: readonly JsonBytes[];
  readonly cwd: JsonBytes;
  readonly env: readonly (readonly [name: string, value: JsonBytes])[];
  readonly stdin: Record<string, unknown> & { readonly type: StdinOrigin["type"]; readonly path?: JsonBytes };
}

export function writeRequest(directory: string, request: JobRequest): void {
  const json: RequestJson = {
    format: 1,
    ...request,
    argv: request.argv.map(toJsonBytes),
    cwd: toJsonBytes(request.cwd),
    env: request.env.map(([name, value]) => [name, toJsonBytes(value)] as const),
    stdin:
      request.stdin.type === "file"
        ? { ...request.stdin, path: toJsonBytes(request.stdin.path) }
        : { ...request.stdin },
  };
  writeWhole(join(directory, JOB_FILES.request), `${JSON.stringify(json)}\n`);
}

/** Undefined where there is none, or none that this version understands. */
export function readRequest(directory: string): JobRequest | undefined {
  let json: RequestJson;
  try {
    json = JSON.parse(readFileSync(join(directory, JOB_FILES.request), "latin1")) as RequestJson;
  } catch {
    return undefined;
  }
  if (json.format !== 1) return undefined;
  const { format: _, ...rest } = json;
  return {
    ...rest,
    argv: json.argv.map(fromJsonBytes),
    cwd: fromJsonBytes(json.cwd),
    env: json.env.map(([name, value]) => [name, fromJsonBytes(value)] as const),
    stdin: {
      ...json.stdin,
      ...(json.stdin.path === undefined ? {} : { path: fromJsonBytes(json.stdin.path) }),
    } as StdinOrigin,
  };
}

/** The file has the old content or the new, whatever happens. One writer at a time. */
export function writeWhole(file: string, content: ByteString): void {
  const temporary = `${file}.new`;
  writeFileSync(temporary, content, { encoding: "latin1", mode: 0o600 });
  renameSync(temporary, file);
}
