import type { AbortOptions, ActionCache, Cid, FileStore, StoreCapabilities } from "../../interface/store.ts";
import { deleteAction, getActions, putAction } from "./actions.ts";
import { deleteBlock, getBlock, hasBlocks, listBlocks, putBlock } from "./blocks.ts";
import type { Core } from "./core.ts";
import { storeFailure } from "./failures.ts";
import { flush } from "./flush.ts";
import { collectGarbage, type GcOptions, type GcResult } from "./gc.ts";
import { closeCore, openCore } from "./open-core.ts";
import { putFile } from "./put-file.ts";
import { putTree, type StoredTree, type TreeOptions } from "./put-tree.ts";
import {
  type Expected,
  getName,
  type Hold,
  hold,
  listNames,
  listPins,
  type NamedCid,
  type Pin,
  pin,
  removeName,
  setName,
  unpin,
} from "./roots.ts";
import { stageFile } from "./stage.ts";
import { type VerifyResult, verify } from "./verify.ts";

/** A store in a directory of a local disk, which any number of processes use at the same time without a daemon. */
export interface FsStore extends FileStore, ActionCache {
  readonly directory: string;
  /** Stores a directory with all in it; a file is put as by `putFile`. */
  putTree(path: string | Uint8Array, options?: TreeOptions): Promise<StoredTree>;
  /** Keeps a root with all it refers to until it is unpinned. @throws YonderError STORE_MISSING */
  pin(cid: Cid, reason?: string): Promise<void>;
  /** False where it was not pinned. */
  unpin(cid: Cid): Promise<boolean>;
  pins(): Promise<Pin[]>;
  getName(name: string): Promise<Cid | undefined>;
  /**
   * Gives a name to a root, which is kept as long as it has it. With `expected` only where the name has this now.
   *
   * @throws YonderError STORE_CONFLICT, STORE_MISSING, USAGE
   */
  setName(name: string, cid: Cid, expected?: Expected): Promise<void>;
  /** False where there was none. @throws YonderError STORE_CONFLICT */
  removeName(name: string, expected?: Cid): Promise<boolean>;
  names(prefix?: string): Promise<NamedCid[]>;
  /** Keeps roots until released or until this process ends. @throws YonderError STORE_MISSING */
  hold(cids: readonly Cid[]): Promise<Hold>;
  /** Reads everything, and takes out what is damaged. */
  verify(): Promise<VerifyResult>;
  collectGarbage(options?: GcOptions): Promise<GcResult>;
}

const CAPABILITIES: StoreCapabilities = { files: true, durable: true, shared: true };

/** Opened when it is first used; `storeDirectory` says where a person's store is. */
export function fsStore(directory: string): FsStore {
  let opening: Promise<Core> | undefined;
  let flushing: Promise<void> = Promise.resolve();
  const running = new Set<Promise<unknown>>();

  async function use<T>(act: (core: Core) => T | Promise<T>, options?: AbortOptions): Promise<T> {
    options?.signal?.throwIfAborted();
    const work = open().then(act);
    running.add(work);
    try {
      return await work;
    } catch (error) {
      throw storeFailure(error, directory);
    } finally {
      running.delete(work);
    }
  }

  function open(): Promise<Core> {
    opening ??= openCore(directory).catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }

  const store: FsStore = {
    directory,
    capabilities: CAPABILITIES,
    putBlock: (cid, bytes, options) => use((core) => putBlock(core, cid, bytes), options),
    getBlock: (cid, options) => use((core) => getBlock(core, cid), options),
    hasBlocks: (cids, options) => use((core) => hasBlocks(core, cids), options),
    deleteBlock: (cid, options) => use((core) => deleteBlock(core, cid), options),
    async *listBlocks(options) {
      const core = await use((core) => core);
      for await (const block of listBlocks(core)) {
        options?.signal?.throwIfAborted();
        yield block;
      }
    },
    flush: () => use((core) => (flushing = flushing.catch(() => {}).then(() => flush(core)))),
    putFile: (path, options = {}) => use((core) => putFile(core, pathOf(path), options), options),
    putTree: (path, options = {}) => use((core) => putTree(core, pathOf(path), options), options),
    stageFile: (cid, path, options = {}) =>
      use((core) => stageFile(core, store, cid, pathOf(path), options), options),
    getAction: (key) => use(async (core) => (await getActions(core, [key]))[0]),
    getActions: (keys) => use((core) => getActions(core, keys)),
    putAction: (key, record) => use((core) => putAction(core, key, record)),
    deleteAction: (key) => use((core) => deleteAction(core, key)),
    pin: (cid, reason = "") => use((core) => pin(core, cid, reason)),
    unpin: (cid) => use((core) => unpin(core, cid)),
    pins: () => use(listPins),
    getName: (name) => use((core) => getName(core, name)),
    setName: (name, cid, expected) => use((core) => setName(core, name, cid, expected)),
    removeName: (name, expected) => use((core) => removeName(core, name, expected)),
    names: (prefix) => use((core) => listNames(core, prefix)),
    hold: (cids) => use((core) => hold(core, cids)),
    verify: () => use(verify),
    collectGarbage: (options = {}) => use((core) => collectGarbage(core, options)),
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(running);
      const core = opening;
      opening = undefined;
      await core?.then(closeCore, () => {});
    },
  };
  return store;
}

function pathOf(path: string | Uint8Array): string | Buffer {
  return typeof path === "string" ? path : Buffer.from(path);
}
