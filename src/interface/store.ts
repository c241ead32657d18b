/**
 * A content identifier as IPFS prints it: CIDv1, sha2-256, base32, codec raw (`bafkrei…`), dag-pb (`bafybei…`) or
 * dag-cbor (`bafyrei…`). The same bytes have the same CID everywhere, so whoever has one can check what they were given.
 * Always in this one form, so that CIDs are equal where the strings are; `parseCid` in store/cid.ts reads other forms.
 */
export type Cid = string & { readonly __brand: "cid" };

/** What a store can do beyond blocks. Callers ask before they use it; what is missing is done by a slower way. */
export interface StoreCapabilities {
  /** `putFile` and `stageFile`: whole files, without a copy where the file system allows it. */
  readonly files: boolean;
  /** What was acknowledged survives a power failure (after `flush`). */
  readonly durable: boolean;
  /** Other processes see what this one has put, as soon as its put has resolved. */
  readonly shared: boolean;
}

/**
 * Blocks by their CID.
 *
 * Promises, each with its test in the conformance suite (`yonder-run/conformance`):
 * - A block that can be got is the block that was put: it is verified on each read, and one that is damaged is an error
 *   (`STORE_CORRUPT`), never other bytes.
 * - A put is whole or has not happened, whatever dies when. Putting what is there again is free, and refreshes it: it is
 *   as young as a new one for the garbage collection.
 * - Any number of callers, and of processes where `shared`, may put, get and delete at the same time.
 * - The store owns no buffer of the caller's: bytes are copied or written before a put resolves, and a caller may keep
 *   and change what it got.
 * - An aborted signal makes a call reject with the signal's reason, at once where it was aborted before; an aborted put
 *   is whole or has not happened.
 */
export interface BlockStore {
  readonly capabilities: StoreCapabilities;
  /**
   * Stores a block under the CID that its bytes have.
   *
   * @throws YonderError STORE_CORRUPT where they have another; STORE_FULL where there is no room
   */
  putBlock(cid: Cid, bytes: Uint8Array, options?: AbortOptions): Promise<void>;
  /** @throws YonderError STORE_MISSING, STORE_CORRUPT */
  getBlock(cid: Cid, options?: AbortOptions): Promise<Uint8Array>;
  /** For each, in order, whether it is there. What is there is refreshed, as by a put. */
  hasBlocks(cids: readonly Cid[], options?: AbortOptions): Promise<boolean[]>;
  /** Removes a block; does nothing where there is none. */
  deleteBlock(cid: Cid, options?: AbortOptions): Promise<void>;
  /** Every block that was there from the beginning to the end of the iteration, in no order, each once. */
  listBlocks(options?: AbortOptions): AsyncIterable<BlockStat>;
  /** Resolves when all that was put before survives a power failure, where the store is durable. */
  flush(): Promise<void>;
  /** Ends what it holds open. Safe to repeat. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AbortOptions {
  readonly signal?: AbortSignal;
}

export interface BlockStat {
  readonly cid: Cid;
  readonly sizeBytes: number;
  /** When it was put or refreshed last; milliseconds since the epoch. */
  readonly freshMs: number;
}

/** With `capabilities.files`. */
export interface FileStore extends BlockStore {
  /**
   * Stores a whole regular file and gives the CID of its DAG, each block of which can then be got by its own CID. A file
   * whose stat is unchanged since an earlier put is not read again, where the store remembers it.
   *
   * @throws YonderError INPUT where it cannot be read or changes meanwhile; STORE_FULL
   */
  putFile(path: string | Uint8Array, options?: PutOptions): Promise<StoredFile>;
  /**
   * Makes a file at `path` with the content of `cid`, a file however it was put: by reflink where the file system can, else by copying, or by hard
   * link where `link` allows it. A linked file is read-only and must never be written to.
   *
   * @throws YonderError STORE_MISSING, STORE_CORRUPT; OUTPUT where the file is there already or cannot be made
   */
  stageFile(cid: Cid, path: string | Uint8Array, options?: StageOptions): Promise<void>;
}

export interface StageOptions extends AbortOptions {
  readonly link?: boolean;
}

export interface StoredFile {
  readonly cid: Cid;
  readonly sizeBytes: number;
  /** All blocks of its DAG together, each occurrence counted: what a directory's link to it says (`Dag.dagBytes`). */
  readonly dagBytes: number;
  /** It was known by its stat, and not read. */
  readonly unchanged: boolean;
}

/**
 * How files become blocks. Two people get the same CID for the same bytes only with the same profile.
 *
 * - `unixfs-v1-2025` (IPIP-499; the default): CIDv1, leaves of 1 MiB, raw, 1024 links a node.
 * - `kubo-cidv1`: what `ipfs add --cid-version=1` does: leaves of 256 KiB, raw, 174 links a node.
 */
export type CidProfile = "unixfs-v1-2025" | "kubo-cidv1";

export interface PutOptions extends AbortOptions {
  readonly profile?: CidProfile;
  /** Counts what is done, for a caller who looks at it from time to time. */
  readonly progress?: PutProgress;
}

/** It only grows: a file that changes while it is read is counted again. */
export interface PutProgress {
  files: number;
  bytes: number;
}

/** The sha256 of all that decides what an action gives, in 64 hexadecimal digits. */
export type ActionKey = string & { readonly __brand: "action-key" };

/** What an action gave, so that it need not be done again. */
export interface ActionRecord {
  /** Whatever the caller wants back, such as JSON; at most 1 MiB: what is larger belongs in a block. */
  readonly value: Uint8Array;
  /** The roots of what it made. The record counts only while all of them are in the store. */
  readonly outputs: readonly Cid[];
}

/**
 * Results of actions by what decided them.
 *
 * A cache: an entry may be gone at any time, never be another's. One that was put or found within the grace period of
 * the garbage collection keeps its outputs, with all they refer to, in the store.
 */
export interface ActionCache {
  /** Undefined where there is none, or where an output is no longer there. A hit refreshes the entry and its outputs. */
  getAction(key: ActionKey): Promise<ActionRecord | undefined>;
  /** For each, in order, what `getAction` gives. */
  getActions(keys: readonly ActionKey[]): Promise<(ActionRecord | undefined)[]>;
  /**
   * Remembers a record, in place of an earlier one. Its outputs have been put before. Puts that are not awaited one by
   * one are written together.
   *
   * @throws YonderError STORE_MISSING where an output is not in the store; STORE_FULL
   */
  putAction(key: ActionKey, record: ActionRecord): Promise<void>;
  /** Does nothing where there is none. */
  deleteAction(key: ActionKey): Promise<void>;
}
