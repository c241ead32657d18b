/** A part of the input, whose memory is kept until it is released. */
export interface Slice {
  readonly bytes: Buffer;
  release(): void;
}

/**
 * The input that is read and not yet cut: one contiguous window, so that a separator is never split.
 *
 * Input is read straight into `space()` and blocks are slices of it; only what is left over when a buffer is used up
 * (less than a block, usually less than a record) is copied. Buffers whose slices are all released are used again.
 */
export interface Fill {
  /** What is there. Valid until `space` is called. */
  data(): Buffer;
  /** True where the window holds as much as it may. */
  full(): boolean;
  /** Where the next bytes go: at least one byte, unless the window is full. */
  space(): Buffer;
  /** The first `bytes` of `space()` are data now. */
  add(bytes: number): void;
  /** Takes the first `bytes` out of the window. */
  take(bytes: number): Slice;
  setLimit(bytes: number): void;
}

interface Storage {
  readonly buffer: Buffer;
  /** Slices not yet released. */
  users: number;
}

/** Large blocks start with this much memory and get more as the input shows that they need it. */
const firstBytes = 1 << 20;
const spareMax = 4;

export function createFill(limit: number): Fill {
  const spares: Storage[] = [];
  let storage = allocate(Math.min(limit, firstBytes));
  // Invariant: 0 <= start <= end <= storage.buffer.length.
  let start = 0;
  let end = 0;

  function makeRoom(): void {
    const used = end - start;
    const capacity = storage.buffer.length;
    const wanted = used * 2 > capacity ? Math.min(limit, capacity * 2) : Math.min(limit, capacity);
    if (storage.users === 0 && start > 0 && wanted <= capacity) {
      storage.buffer.copyWithin(0, start, end);
    } else {
      const fresh = spares.pop() ?? allocate(wanted);
      const next = fresh.buffer.length >= wanted ? fresh : allocate(wanted);
      storage.buffer.copy(next.buffer, 0, start, end);
      const old = storage;
      storage = next;
      recycle(old);
    }
    start = 0;
    end = used;
  }

  function recycle(unused: Storage): void {
    if (unused !== storage && unused.users === 0 && spares.length < spareMax) spares.push(unused);
  }

  return {
    data: () => storage.buffer.subarray(start, end),
    full: () => end - start >= limit,
    space() {
      if (end === storage.buffer.length && end - start < limit) makeRoom();
      return storage.buffer.subarray(end, Math.min(storage.buffer.length, start + limit));
    },
    add(bytes) {
      end += bytes;
    },
    take(bytes) {
      const from = storage;
      from.users++;
      start += bytes;
      let held = true;
      return {
        bytes: from.buffer.subarray(start - bytes, start),
        release() {
          if (!held) return;
          held = false;
          from.users--;
          recycle(from);
        },
      };
    },
    setLimit(bytes) {
      limit = bytes;
    },
  };
}

function allocate(bytes: number): Storage {
  return { buffer: Buffer.allocUnsafeSlow(Math.max(1, bytes)), users: 0 };
}
