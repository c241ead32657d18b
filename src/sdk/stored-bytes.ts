import type { BlockStore, Cid } from "../interface/store.ts";

export async function putBytes(store: BlockStore, bytes: Uint8Array): Promise<Cid> {
  const { buildFile } = await import("../store/unixfs/build-file.ts");
  const { cid } = await buildFile([bytes], (block) => store.putBlock(block.cid, block.bytes));
  return cid;
}

/** @throws YonderError STORE_MISSING, STORE_CORRUPT */
export async function getBytes(store: BlockStore, cid: Cid): Promise<Uint8Array> {
  const { readFile } = await import("../store/unixfs/read-file.ts");
  const parts: Uint8Array[] = [];
  for await (const part of readFile(store, cid)) parts.push(part);
  return Buffer.concat(parts);
}
