import { type ByteString, decodeText } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Cid } from "../../interface/store.ts";
import { parseCid } from "../../store/cid.ts";
import type { FsStore } from "../../store/fs/fs-store.ts";
import { resolvePath } from "../../store/unixfs/resolve.ts";

/** What a word of a command line stands for. */
export interface Found {
  readonly cid: Cid;
  /** The last part of its path: what a copy is called. */
  readonly name: ByteString;
}

/**
 * Finds CID[/path] (also as /ipfs/CID/path or ipfs://CID/path) or NAME[/path].
 *
 * @throws YonderError INPUT, STORE_MISSING
 */
export async function findInStore(store: FsStore, word: ByteString): Promise<Found> {
  const parts = partsOf(word);
  const cid = cidIn(parts[0]);
  const root = cid === undefined ? await rootByName(store, parts, word) : { cid, length: 1 };
  const names = parts.slice(root.length);
  return { cid: await resolvePath(store, root.cid, names), name: parts.at(-1)! };
}

function partsOf(word: ByteString): ByteString[] {
  return word
    .replace(/^(\/ipfs\/|ipfs:\/\/)/, "")
    .split("/")
    .filter((part) => part !== "");
}

function cidIn(part: ByteString | undefined): Cid | undefined {
  try {
    return parseCid(part ?? "");
  } catch {
    return undefined;
  }
}

/** Of the names that a path begins with, the longest. */
async function rootByName(
  store: FsStore,
  parts: readonly ByteString[],
  word: ByteString,
): Promise<{ cid: Cid; length: number }> {
  for (let length = parts.length; length > 0; length--) {
    const cid = await store.getName(decodeText(parts.slice(0, length).join("/")));
    if (cid !== undefined) return { cid, length };
  }
  throw new YonderError("STORE_MISSING", {
    message: `"${decodeText(word)}" begins neither with a CID nor with a name in the store`,
    remedy: "yonder store name list shows the names; yonder put prints the CIDs of files",
    exitCode: 1,
  });
}
