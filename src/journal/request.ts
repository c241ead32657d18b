import { join } from "node:path";
import type { ByteString } from "../bytes/bytes.ts";
import { readSealed, writeSealed } from "../seal/whole-file.ts";
import { fromJsonBytes, isJsonBytes, type JsonBytes, toJsonBytes } from "./json-bytes.ts";
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
  /** Files of arguments or data, as the job found them. */
  readonly files?: readonly InputFile[];
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
  | ({ readonly type: "file"; readonly offset: number } & RegularFile)
  /** Data from a pipe or a terminal, not kept: the job cannot be resumed. */
  | { readonly type: "stream" };

export type InputFile =
  | RegularFile
  /** A pipe or the like, which can be read once only. */
  | { readonly path: ByteString };

export interface RegularFile {
  readonly path: ByteString;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

export interface OutputFile {
  readonly dev: number;
  readonly ino: number;
  /** Its size when the job began: what is before is not ours. */
  readonly startBytes: number;
}

interface RequestJson extends Omit<JobRequest, "argv" | "cwd" | "env" | "stdin" | "files"> {
  /** 1 is of versions that sealed neither this nor the records. */
  readonly format: 1 | 2;
  readonly argv: readonly JsonBytes[];
  readonly cwd: JsonBytes;
  readonly env: readonly (readonly [name: string, value: JsonBytes])[];
  readonly files?: readonly (Omit<InputFile, "path"> & { readonly path: JsonBytes })[];
  readonly stdin: Record<string, unknown> & { readonly type: StdinOrigin["type"]; readonly path?: JsonBytes };
}

export function writeRequest(directory: string, request: JobRequest): void {
  const { files, ...rest } = request;
  const json: RequestJson = {
    format: 2,
    ...rest,
    argv: request.argv.map(toJsonBytes),
    cwd: toJsonBytes(request.cwd),
    env: request.env.map(([name, value]) => [name, toJsonBytes(value)] as const),
    stdin:
      request.stdin.type === "file"
        ? { ...request.stdin, path: toJsonBytes(request.stdin.path) }
        : { ...request.stdin },
    ...(files && { files: files.map((file) => ({ ...file, path: toJsonBytes(file.path) })) }),
  };
  writeSealed(join(directory, JOB_FILES.request), JSON.stringify(json));
}

/** Undefined where there is none, where it is damaged, and where this version does not understand it. */
export function readRequest(directory: string): JobRequest | undefined {
  const json = readJson(directory);
  if (json === undefined) return undefined;
  const { format: _, files, ...rest } = json;
  return {
    ...rest,
    argv: json.argv.map(fromJsonBytes),
    cwd: fromJsonBytes(json.cwd),
    env: json.env.map(([name, value]) => [name, fromJsonBytes(value)] as const),
    stdin: {
      ...json.stdin,
      ...(json.stdin.path === undefined ? {} : { path: fromJsonBytes(json.stdin.path) }),
    } as StdinOrigin,
    ...(files && { files: files.map((file) => ({ ...file, path: fromJsonBytes(file.path) })) }),
  };
}

/** Whether each record of the job must have its seal; so it is where nobody can say. */
export function isSealed(directory: string): boolean {
  return readJson(directory)?.format !== 1;
}

function readJson(directory: string): RequestJson | undefined {
  const json = readSealed(join(directory, JOB_FILES.request), (old) => isRequest(old) && old.format === 1);
  return isRequest(json) ? json : undefined;
}

/** Whether it has what every command needs to show the job. */
function isRequest(json: unknown): json is RequestJson {
  if (typeof json !== "object" || json === null) return false;
  const { format, argv, cwd, env, startedMs, stdin } = json as Partial<Record<keyof RequestJson, unknown>>;
  return (
    (format === 1 || format === 2) &&
    Array.isArray(argv) &&
    argv.every(isJsonBytes) &&
    isJsonBytes(cwd) &&
    Array.isArray(env) &&
    env.every((pair) => Array.isArray(pair) && typeof pair[0] === "string" && isJsonBytes(pair[1])) &&
    typeof startedMs === "number" &&
    Math.abs(startedMs) <= DATE_MS_MAX &&
    typeof stdin === "object" &&
    stdin !== null
  );
}

/** Beyond it there are no dates. */
const DATE_MS_MAX = 8.64e15;
