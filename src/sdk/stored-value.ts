import { deserialize, serialize } from "node:v8";
import type { BlockStore, Cid } from "../interface/store.ts";
import { replaced } from "./arguments.ts";

/** A value as bytes, for this major version of node and later ones. @throws where it cannot be */
export function serialized(value: unknown): Buffer {
  // Shared memory cannot be serialized.
  return serialize(inOwnMemory(value, (view) => view.buffer instanceof SharedArrayBuffer));
}

/** The value again. Its arrays have memory of their own: node's are views of `bytes`, all of which they would keep. */
export function deserialized(bytes: Uint8Array): unknown {
  return inOwnMemory(deserialize(bytes), (view) => view.byteLength !== view.buffer.byteLength);
}

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

function inOwnMemory(value: unknown, isMeant: (view: ArrayBufferView) => boolean): unknown {
  return replaced(value, new Map(), (one) => {
    if (!ArrayBuffer.isView(one) || !isMeant(one)) return undefined;
    const bytes = new Uint8Array(one.byteLength);
    bytes.set(new Uint8Array(one.buffer, one.byteOffset, one.byteLength));
    if (Buffer.isBuffer(one)) return { value: Buffer.from(bytes.buffer) };
    const Same = one.constructor as new (buffer: ArrayBuffer) => ArrayBufferView;
    return { value: new Same(bytes.buffer) };
  });
}
