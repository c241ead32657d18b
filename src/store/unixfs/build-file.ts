import type { CidProfile } from "../../interface/store.ts";
import { type Block, type Dag, leafOf } from "./block.ts";
import { fixedChunks } from "./chunks.ts";
import { fileTree } from "./file-tree.ts";
import { DEFAULT_PROFILE, PROFILES } from "./profile.ts";

/** Takes a block, and holds up the builder until it is ready for the next. */
export type PutBlock = (block: Block) => void | Promise<void>;

/**
 * Builds a file from a stream of bytes: each block is put when it is complete, children before their parents, one at a
 * time. Memory: one chunk and the links of the open nodes.
 */
export async function buildFile(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  put: PutBlock,
  profile: CidProfile = DEFAULT_PROFILE,
): Promise<Dag> {
  const { chunkBytes, linksMax } = PROFILES[profile];
  const nodes: Block[] = [];
  const tree = fileTree(linksMax, (block) => nodes.push(block));
  let leaves = 0;
  async function addLeaf(bytes: Uint8Array): Promise<void> {
    const leaf = leafOf(bytes);
    leaves++;
    tree.add(leaf);
    await put({ cid: leaf.cid, bytes });
    await putNodes();
  }
  async function putNodes(): Promise<void> {
    for (const node of nodes.splice(0)) await put(node);
  }
  for await (const chunk of fixedChunks(source, chunkBytes)) await addLeaf(chunk);
  if (leaves === 0) await addLeaf(new Uint8Array(0));
  const root = tree.end();
  await putNodes();
  return root;
}
