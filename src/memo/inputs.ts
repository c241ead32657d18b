import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ByteString, bufferOf, bytesOf } from "../bytes/bytes.ts";
import type { FileHasher } from "./file-hash.ts";
import { groupPart, type KeyPart, NOTHING } from "./key.ts";

/** A file that a task names. */
export interface NamedFile {
  /** As it was named. */
  readonly name: ByteString;
  readonly path: ByteString;
  /** It counts also where it is not there, and with all in it where it is a directory. */
  readonly isDeclared: boolean;
}

/** Longer words are no names. */
const NAME_BYTES_MAX = 1024;

export function mayBeName(word: ByteString): boolean {
  return word !== "" && word.length <= NAME_BYTES_MAX && !word.includes("\0");
}

/**
 * The parts of keys that are files, by content. Each path is looked at once, however many tasks name it.
 *
 * @returns for each list of files, in order, its parts; undefined for one with a file that cannot be read
 */
export async function inputParts(
  hasher: FileHasher,
  lists: readonly (readonly NamedFile[])[],
): Promise<(readonly KeyPart[] | undefined)[]> {
  const files = new Map<ByteString, readonly ByteString[] | undefined>();
  for (const { path, isDeclared } of lists.flat()) {
    if (!files.has(path) || isDeclared) files.set(path, contentsOf(path, isDeclared));
  }
  const paths = [...new Set([...files.values()].flatMap((list) => list ?? []))];
  const found = await hasher.hash(paths.map(bufferOf));
  const hashes = new Map(paths.map((path, index) => [path, found[index]]));
  return lists.map((list) => {
    const parts = new Map<string, KeyPart>();
    for (const file of list) {
      const part = partOf(file, files.get(file.path), hashes);
      if (part === "unreadable") return undefined;
      if (part !== undefined) parts.set(part.name, part);
    }
    return [...parts.values()];
  });
}

function partOf(
  { name, path, isDeclared }: NamedFile,
  contents: readonly ByteString[] | undefined,
  hashes: ReadonlyMap<ByteString, string | undefined>,
): KeyPart | "unreadable" | undefined {
  const title = `input ${name}`;
  if (contents === undefined) return isDeclared ? { name: title, hash: NOTHING } : undefined;
  if (contents[0] === path) {
    const part = fileOf(title, hashes.get(path));
    // Most words name nothing, which the look for their hash has told.
    return part === "unreadable" && !isDeclared && !isFile(path) ? undefined : part;
  }
  const parts = contents.map((file) => {
    return fileOf(`input ${join(name, file.slice(path.length))}`, hashes.get(file));
  });
  return parts.includes("unreadable") ? "unreadable" : groupPart(title, parts as KeyPart[]);
}

function fileOf(name: string, hash: string | undefined): KeyPart | "unreadable" {
  return hash === undefined ? "unreadable" : { name, hash };
}

/** The file itself, if it is one; or the files below a directory that was declared. Undefined where neither is there. */
function contentsOf(path: ByteString, isDeclared: boolean): readonly ByteString[] | undefined {
  if (!isDeclared) return [path];
  try {
    const stat = statSync(bufferOf(path), { throwIfNoEntry: false });
    if (stat?.isFile()) return [path];
    return stat?.isDirectory() ? filesBelow(path) : undefined;
  } catch {
    return undefined;
  }
}

function isFile(path: ByteString): boolean {
  try {
    return statSync(bufferOf(path), { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}

function filesBelow(directory: ByteString): ByteString[] {
  const files: ByteString[] = [];
  for (const entry of readdirSync(bufferOf(directory), { encoding: "buffer" })) {
    const path = `${directory.replace(/\/$/, "")}/${bytesOf(entry)}`;
    const stat = statSync(bufferOf(path), { throwIfNoEntry: false });
    if (stat?.isDirectory()) files.push(...filesBelow(path));
    else if (stat?.isFile()) files.push(path);
  }
  return files;
}
