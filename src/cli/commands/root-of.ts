import { YonderError } from "../../interface/errors.ts";
import type { Cid } from "../../interface/store.ts";
import { parseCid } from "../../store/cid.ts";
import type { FsStore } from "../../store/fs/fs-store.ts";

/** What a word of a command line stands for: a CID in any form that yonder reads, or a name that `yonder store name` gave. */
export async function rootOf(store: FsStore, word: string): Promise<Cid> {
  try {
    return parseCid(word);
  } catch (error) {
    const named = await store.getName(word);
    if (named !== undefined) return named;
    if (!/[/.-]/.test(word) && word.length > 40) throw error;
  }
  throw new YonderError("STORE_MISSING", {
    message: `"${word}" is neither a CID nor a name in the store`,
    remedy: "yonder store name list shows the names, yonder store pins the pinned CIDs",
    exitCode: 1,
  });
}
