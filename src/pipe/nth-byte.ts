/** Where the n-th occurrence of a byte is, and how many there were where there are fewer. */
export interface NthByte {
  /** Its index; -1 where there are fewer than n. */
  readonly at: number;
  /** Occurrences passed: n, or all there are. */
  readonly seen: number;
}

/**
 * The n-th `byte` (n >= 1) of buffer[from, end). Short lines make a search per line dear, so four bytes are counted at a
 * time, by the exact zero-byte test of Hacker's Delight (2nd edition, section 6-1).
 */
export function nthByte(buffer: Buffer, byte: number, n: number, from: number): NthByte {
  const end = buffer.length;
  const first = Math.min(end, from + (-(buffer.byteOffset + from) & 3));
  let at = from;
  let seen = 0;
  for (; at < first; at++) if (buffer[at] === byte && ++seen === n) return { at, seen };

  const wholeWords = (end - first) >>> 2;
  const words =
    wholeWords > 0 ? new Uint32Array(buffer.buffer, buffer.byteOffset + first, wholeWords) : noWords;
  const pattern = Math.imul(byte, 0x01010101);
  for (let i = 0; i < words.length; i++, at += 4) {
    const differences = words[i]! ^ pattern;
    const found = ~(((differences & 0x7f7f7f7f) + 0x7f7f7f7f) | differences | 0x7f7f7f7f);
    if (found === 0) continue;
    const count = Math.imul(found >>> 7, 0x01010101) >>> 24;
    if (seen + count >= n) break;
    seen += count;
  }

  for (; at < end; at++) if (buffer[at] === byte && ++seen === n) return { at, seen };
  return { at: -1, seen };
}

const noWords = new Uint32Array(0);
