import { createCipheriv, createHash } from "node:crypto";

/** The stream of bytes that the vectors of IPIP-499 are made of: ChaCha20 of zeros, the key a sha256 of the seed. */
export function* seededBytes(sizeBytes: number, seed: string): Generator<Buffer> {
  const key = createHash("sha256").update(seed).digest();
  const cipher = createCipheriv("chacha20", key, Buffer.alloc(16));
  const zeros = Buffer.alloc(1 << 20);
  for (let left = sizeBytes; left > 0; left -= zeros.length) yield cipher.update(zeros.subarray(0, left));
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}
