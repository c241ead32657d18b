import { chmodSync, statSync, writeFileSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import type { ActionRecord, Cid, FileStore } from "../interface/store.ts";
import type { FileHasher } from "./file-hash.ts";
import type { Stream } from "./streams.ts";

/** Files up to here are one block in every store. */
const SMALL_BYTES_MAX = 64 * 1024;

/** What a command gave, as the memo keeps it. */
export interface Made {
  /** Its exit status, where that was not 0 and yet a success. */
  readonly exitCode?: number;
  readonly out?: MadeFile;
  readonly stdout?: Stream;
  readonly stderr?: Stream;
}

export interface MadeFile {
  readonly cid: Cid;
  readonly sizeBytes: number;
  /** Of its content, in hexadecimal. */
  readonly sha256: string;
  /** Permissions. */
  readonly mode: number;
}

export function madeRecord(made: Made): ActionRecord {
  const cids = [made.out, made.stdout, made.stderr].flatMap((part) =>
    part && "cid" in part ? [part.cid] : [],
  );
  return { value: Buffer.from(JSON.stringify(made)), outputs: [...new Set(cids)] };
}

export function readMade(record: ActionRecord): Made {
  return JSON.parse(Buffer.from(record.value).toString()) as Made;
}

/** A regular file's state: by it one sees that nobody has written to it meanwhile. */
export interface FileState {
  readonly path: ByteString;
  readonly text: string;
}

/** Undefined where it is no regular file. */
export function fileState(path: ByteString): FileState | undefined {
  const stat = statSync(bufferOf(path), { bigint: true, throwIfNoEntry: false });
  return stat?.isFile() ? { path, text: `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.mode}` } : undefined;
}

/** Undefined where it is not what it was. */
export async function keepFile(
  store: FileStore,
  hasher: FileHasher,
  state: FileState,
): Promise<MadeFile | undefined> {
  const path = bufferOf(state.path);
  const { cid, sizeBytes } = await store.putFile(path);
  const [sha256] = await hasher.hash([path]);
  if (sha256 === undefined || fileState(state.path)?.text !== state.text) return undefined;
  return { cid, sizeBytes, sha256, mode: statSync(path).mode & 0o7777 };
}

/** Whether a file with this content and these permissions is at the path already. */
export async function isThere(hasher: FileHasher, path: ByteString, file: MadeFile): Promise<boolean> {
  const stat = statSync(bufferOf(path), { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size !== file.sizeBytes || (stat.mode & 0o7777) !== file.mode) return false;
  return (await hasher.hash([bufferOf(path)]))[0] === file.sha256;
}

/** @param path where nothing is */
export async function placeFile(
  store: FileStore,
  path: ByteString,
  { cid, sizeBytes, mode }: MadeFile,
): Promise<void> {
  const target = bufferOf(path);
  // One block: written at once, in a third of the time that a file takes that may be long.
  if (sizeBytes <= SMALL_BYTES_MAX) writeFileSync(target, await store.getBlock(cid), { flag: "wx", mode });
  else await store.stageFile(cid, target);
  if (sizeBytes > SMALL_BYTES_MAX || (mode & ~process.umask()) !== mode) chmodSync(target, mode);
}
