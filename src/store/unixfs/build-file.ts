import type { CidProfile } from "../../interface/store.ts";
import { type Block, type Dag, leafOf } from "./block.ts";
import { fixedChunks } from "./chunks.ts";
import { fileTree } from "./file-tree.ts";
import { DEFAULT_PROFILE, PROFILES } from "./profile.ts";

/** Takes a block, and holds up the builder until it is ready for the next. */
export type PutBlock = (block: Block) => void | Promise<void>;

/** Builds a file from a stream of bytes: each block is put when it is complete, one at a time. */
export async function buildFile(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  put: PutBlock,
  profile?: CidProfile,
): Promise<Dag> {
  const blocks = fileBlocks(source, profile);
  for (;;) {
    const next = await blocks.next();
    if (next.done) return next.value;
    await put(next.value);
  }
}

/**
 * The blocks of a file, children before their parents; what it returns is the root. Memory: one chunk and the links of
 * the open nodes. Each block is new memory, the receiver's own.
 */
export async function* fileBlocks(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  profile: CidProfile = DEFAULT_PROFILE,
): AsyncGenerator<Block, Dag> {
  const { chunkBytes, linksMax } = PROFILES[profile];
  const nodes: Block[] = [];
  const tree = fileTree(linksMax, (block) => nodes.push(block));
  let leaves = 0;
  function* leafBlocks(bytes: Uint8Array): Generator<Block> {
    const leaf = leafOf(bytes);
    leaves++;
    tree.add(leaf);
    yield { cid: leaf.cid, bytes };
    yield* nodes.splice(0);
  }
  for await (const chunk of fixedChunks(source, chunkBytes)) yield* leafBlocks(chunk);
  if (leaves === 0) yield* leafBlocks(new Uint8Array(0));
  const root = tree.end();
  yield* nodes;
  return root;
}
