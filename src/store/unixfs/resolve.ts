import { type ByteString, decodeText } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { AbortOptions, Cid } from "../../interface/store.ts";
import type { BlockSource } from "../read-ahead.ts";
import { findEntry } from "./read-directory.ts";

/**
 * The CID of what is at a path in a directory. Symbolic links are not followed.
 *
 * @throws YonderError STORE_MISSING, STORE_CORRUPT; INPUT where there is nothing of that name, or a part of the path is
 * not a directory
 */
export async function resolvePath(
  store: BlockSource,
  root: Cid,
  names: readonly ByteString[],
  options?: AbortOptions,
): Promise<Cid> {
  let cid = root;
  for (const [index, name] of names.entries()) {
    const entry = await findEntry(store, cid, name, options);
    if (entry === undefined) throw nothingThere([root, ...names.slice(0, index)], name);
    cid = entry.cid;
  }
  return cid;
}

function nothingThere(directory: readonly string[], name: ByteString): YonderError {
  const path = decodeText(directory.join("/"));
  return new YonderError("INPUT", {
    message: `${path} has nothing with the name "${decodeText(name)}"`,
    remedy: `yonder store ls ${path} shows what it has`,
    exitCode: 1,
  });
}
