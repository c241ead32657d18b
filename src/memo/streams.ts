import { constants, copyFileSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import type { Cid, FileStore } from "../interface/store.ts";

/** What a command wrote to one stream. Short outputs stand in the record itself. */
export type Stream = { readonly text: ByteString } | { readonly cid: Cid };

const INLINE_BYTES_MAX = 16 * 1024;

/** A stream that stays when its capture goes. */
export type Secured = { readonly text: ByteString } | { readonly file: string };

/** Undefined where nothing was written. @param newFile a name that is free */
export function secure(path: ByteString, newFile: () => string): Secured | undefined {
  const sizeBytes = statSync(bufferOf(path), { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBytes === 0) return undefined;
  if (sizeBytes <= INLINE_BYTES_MAX) return { text: readFileSync(bufferOf(path), "latin1") };
  const file = newFile();
  try {
    linkSync(bufferOf(path), file);
  } catch {
    copyFileSync(bufferOf(path), file, constants.COPYFILE_FICLONE);
  }
  return { file };
}

export async function keepStream(store: FileStore, stream: Secured | undefined): Promise<Stream | undefined> {
  if (stream === undefined || "text" in stream) return stream;
  try {
    return { cid: (await store.putFile(stream.file)).cid };
  } finally {
    rmSync(stream.file);
  }
}

/** A stream that is there at once. */
export interface Fetched {
  /** Where it is short. */
  readonly text?: ByteString;
  /** @param path where nothing is */
  writeTo(path: ByteString): void;
}

/** @param newFile a name that is free */
export async function fetchStream(
  store: FileStore,
  stream: Stream | undefined,
  newFile: () => string,
): Promise<Fetched | undefined> {
  if (stream === undefined) return undefined;
  if ("text" in stream) {
    return {
      text: stream.text,
      writeTo: (path) => writeFileSync(bufferOf(path), stream.text, { encoding: "latin1", flag: "wx" }),
    };
  }
  const file = newFile();
  await store.stageFile(stream.cid, file);
  return {
    writeTo(path) {
      copyFileSync(file, bufferOf(path), constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      rmSync(file);
    },
  };
}
