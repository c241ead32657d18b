import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { type ErrorCode, YonderError } from "../../interface/errors.ts";
import type { BlockStat, BlockStore, Cid, FileStore } from "../../interface/store.ts";
import { type Codec, cidOf } from "../../store/cid.ts";
import type { Block } from "../../store/unixfs/block.ts";

/** A store to be tested, and what a test can do to it from outside. */
export interface StoreHarness {
  readonly store: BlockStore | FileStore;
  /** The same store once more, as another process would open it. Its user disposes of it. */
  readonly open?: () => Promise<BlockStore>;
  /** Changes a stored block, or a file's leaf, behind the store's back. */
  readonly damage?: (cid: Cid) => Promise<void>;
  /** Removes what the test has left, after the store has been disposed of. */
  readonly cleanup?: () => Promise<void>;
}

export interface StorePromise {
  readonly name: string;
  /** What it is about, where not every store has it. */
  readonly needs?: "files" | "shared" | "damage";
  readonly keep: (harness: StoreHarness) => Promise<void>;
}

export function aBlock(bytes: number | Uint8Array = 100, codec: Codec = "raw"): Block {
  const content = typeof bytes === "number" ? randomBytes(bytes) : bytes;
  return { cid: cidOf(codec, content), bytes: content };
}

export async function listed(store: BlockStore): Promise<Map<Cid, BlockStat>> {
  const blocks = new Map<Cid, BlockStat>();
  for await (const block of store.listBlocks()) {
    assert.ok(!blocks.has(block.cid), `${block.cid} is listed twice`);
    blocks.set(block.cid, block);
  }
  return blocks;
}

export async function isThere(store: BlockStore, block: Block): Promise<boolean> {
  return (await store.hasBlocks([block.cid]))[0]!;
}

export async function assertEqualBlock(store: BlockStore, block: Block): Promise<void> {
  const bytes = await store.getBlock(block.cid);
  assert.ok(Buffer.from(bytes).equals(block.bytes), `${block.cid} came back with other bytes`);
}

export function fails(code: ErrorCode): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof YonderError, `not an error for people: ${error}`);
    assert.equal(error.code, code, error.message);
    return true;
  };
}
