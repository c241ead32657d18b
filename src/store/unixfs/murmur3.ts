const C1 = 0x87c37b91114253d5n;
const C2 = 0x4cf5ad432745937fn;
const MASK = 0xffff_ffff_ffff_ffffn;

/**
 * The first half of MurmurHash3 x64 128 with seed 0, most significant byte first: the hash that places a name in a
 * sharded directory. After Austin Appleby's MurmurHash3.cpp (public domain).
 */
export function murmur3(bytes: Uint8Array): Buffer {
  let h1 = 0n;
  let h2 = 0n;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const bodyBytes = bytes.length & ~15;
  for (let at = 0; at < bodyBytes; at += 16) {
    h1 ^= mixFirst(view.getBigUint64(at, true));
    h1 = (((rotate(h1, 27n) + h2) & MASK) * 5n + 0x52dce729n) & MASK;
    h2 ^= mixSecond(view.getBigUint64(at + 8, true));
    h2 = (((rotate(h2, 31n) + h1) & MASK) * 5n + 0x38495ab5n) & MASK;
  }
  const tail = new DataView(new ArrayBuffer(16));
  for (let at = bodyBytes; at < bytes.length; at++) tail.setUint8(at - bodyBytes, bytes[at]!);
  h1 ^= mixFirst(tail.getBigUint64(0, true));
  h2 ^= mixSecond(tail.getBigUint64(8, true));
  h1 ^= BigInt(bytes.length);
  h2 ^= BigInt(bytes.length);
  h1 = (h1 + h2) & MASK;
  h2 = (h2 + h1) & MASK;
  h1 = (finish(h1) + finish(h2)) & MASK;
  const hash = Buffer.alloc(8);
  hash.writeBigUInt64BE(h1);
  return hash;
}

function mixFirst(word: bigint): bigint {
  return (rotate((word * C1) & MASK, 31n) * C2) & MASK;
}

function mixSecond(word: bigint): bigint {
  return (rotate((word * C2) & MASK, 33n) * C1) & MASK;
}

function finish(word: bigint): bigint {
  word = ((word ^ (word >> 33n)) * 0xff51afd7ed558ccdn) & MASK;
  word = ((word ^ (word >> 33n)) * 0xc4ceb9fe1a85ec53n) & MASK;
  return word ^ (word >> 33n);
}

function rotate(word: bigint, by: bigint): bigint {
  return ((word << by) | (word >> (64n - by))) & MASK;
}
