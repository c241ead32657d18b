/** A growing set of task numbers, one bit each: a million finished tasks take 128 KiB. */
export interface TaskSet {
  readonly size: number;
  has(task: number): boolean;
  /** False where it was in already. */
  add(task: number): boolean;
  /** Adds `count` tasks from `first` on; how many of them were not in yet. */
  addRange(first: number, count: number): number;
  delete(task: number): boolean;
  /** The members, in order. */
  values(): IterableIterator<number>;
}

export function taskSet(): TaskSet {
  let bits = new Uint8Array(1024);
  let size = 0;
  const has = (task: number): boolean => ((bits[task >>> 3] ?? 0) & (1 << (task & 7))) !== 0;
  const grow = (index: number): void => {
    if (index < bits.length) return;
    const larger = new Uint8Array(Math.max(bits.length * 2, index + 1));
    larger.set(bits);
    bits = larger;
  };
  const add = (task: number): boolean => {
    if (has(task)) return false;
    const index = task >>> 3;
    grow(index);
    bits[index] = bits[index]! | (1 << (task & 7));
    size++;
    return true;
  };
  return {
    get size() {
      return size;
    },
    has,
    add,
    addRange(first, count) {
      const end = first + count;
      grow(end >>> 3);
      let added = 0;
      for (let task = first; task < end; ) {
        const isWholeByte = (task & 7) === 0 && task + 8 <= end && bits[task >>> 3] === 0;
        if (isWholeByte) {
          bits[task >>> 3] = 0xff;
          size += 8;
          added += 8;
          task += 8;
        } else if (add(task++)) added++;
      }
      return added;
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
