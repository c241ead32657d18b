import { YonderError } from "../interface/errors.ts";
import type { BlockStat, BlockStore, Cid } from "../interface/store.ts";
import { verifyBlock } from "./cid.ts";

export interface MemoryStoreOptions {
  /** Bytes of blocks it takes before a put is refused (`STORE_FULL`); no limit unless given. */
  readonly sizeBytesMax?: number;
  /** Milliseconds since the epoch; the system's clock unless given. */
  readonly nowMs?: () => number;
}

/** Blocks in this process's memory: for tests, and for what is not worth a disk. */
export function memoryStore(options: MemoryStoreOptions = {}): BlockStore {
  const { sizeBytesMax = Infinity, nowMs = Date.now } = options;
  const blocks = new Map<Cid, { bytes: Uint8Array; freshMs: number }>();
  let sizeBytes = 0;
  return {
    capabilities: { files: false, durable: false, shared: false },
    async putBlock(cid, bytes, options) {
      options?.signal?.throwIfAborted();
      verifyBlock(cid, bytes);
      const old = blocks.get(cid);
      if (old === undefined && sizeBytes + bytes.length > sizeBytesMax) throw full(sizeBytesMax);
      if (old === undefined) sizeBytes += bytes.length;
      blocks.set(cid, { bytes: old?.bytes ?? Uint8Array.from(bytes), freshMs: nowMs() });
    },
    async getBlock(cid, options) {
      options?.signal?.throwIfAborted();
      const block = blocks.get(cid);
      if (block === undefined) throw missing(cid);
      // Not verified again: nobody else has had these bytes in hand.
      return Uint8Array.from(block.bytes);
    },
    async hasBlocks(cids, options) {
      options?.signal?.throwIfAborted();
      return cids.map((cid) => {
        const block = blocks.get(cid);
        if (block !== undefined) block.freshMs = nowMs();
        return block !== undefined;
      });
    },
    async deleteBlock(cid, options) {
      options?.signal?.throwIfAborted();
      sizeBytes -= blocks.get(cid)?.bytes.length ?? 0;
      blocks.delete(cid);
    },
    async *listBlocks(options): AsyncGenerator<BlockStat> {
      // A snapshot, because a block that is deleted and put again meanwhile would come twice.
      for (const [cid, { bytes, freshMs }] of [...blocks]) {
        options?.signal?.throwIfAborted();
        yield { cid, sizeBytes: bytes.length, freshMs };
      }
    },
    async flush() {},
    async [Symbol.asyncDispose]() {
      blocks.clear();
    },
  };
}

function missing(cid: Cid): YonderError {
  return new YonderError("STORE_MISSING", {
    message: `the block ${cid} is not in this store`,
    remedy: "put the file that it is part of, or get it from a store that has it",
  });
}

function full(sizeBytesMax: number): YonderError {
  return new YonderError("STORE_FULL", {
    message: `the store in memory is full: it takes ${sizeBytesMax} bytes`,
    remedy: "give it more (sizeBytesMax), delete what is no longer needed, or use a store on disk",
  });
}
