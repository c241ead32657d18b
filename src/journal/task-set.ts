/** A growing set of task numbers, one bit each: a million finished tasks take 128 KiB. */
export interface TaskSet {
  readonly size: number;
  has(task: number): boolean;
  /** False where it was in already. */
  add(task: number): boolean;
  delete(task: number): boolean;
  /** The members, in order. */
  values(): IterableIterator<number>;
}

export function taskSet(): TaskSet {
  let bits = new Uint8Array(1024);
  let size = 0;
  const has = (task: number): boolean => ((bits[task >>> 3] ?? 0) & (1 << (task & 7))) !== 0;
  return {
    get size() {
      return size;
    },
    has,
    add(task) {
      if (has(task)) return false;
      const index = task >>> 3;
      if (index >= bits.length) {
        const larger = new Uint8Array(Math.max(bits.length * 2, index + 1));
        larger.set(bits);
        bits = larger;
      }
      bits[index] = bits[index]! | (1 << (task & 7));
      size++;
      return true;
    },
    delete(task) {
      if (!has(task)) return false;
      bits[task >>> 3] = bits[task >>> 3]! & ~(1 << (task & 7));
      size--;
      return true;
    },
    *values() {
      for (let index = 0; index < bits.length; index++) {
        if (bits[index] === 0) continue;
        for (let bit = 0; bit < 8; bit++) if (has(index * 8 + bit)) yield index * 8 + bit;
      }
    },
  };
}
