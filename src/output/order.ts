/** In which order tasks that have ended are shown. */
export interface Order<Record> {
  /** The task has ended, or (undefined) has nothing to show. */
  done(seq: number, record: Record | undefined): void;
  /** The task whose output may be shown while it still runs; undefined: every task's. */
  readonly current: number | undefined;
  /** No more will come: shows what waits, whatever is missing. */
  finish(): void;
}

export function anyOrder<Record>(show: (record: Record) => void): Order<Record> {
  return {
    done: (_seq, record) => {
      if (record !== undefined) show(record);
    },
    current: undefined,
    finish: () => {},
  };
}

/** Shows 1, 2, 3, … Every number must come exactly once, in any order. */
export function inputOrder<Record>(show: (record: Record) => void): Order<Record> {
  // Only numbers above `next`, since `next` itself never waits.
  const waiting = new Map<number, Record | undefined>();
  let next = 1;
  return {
    done: (seq, record) => {
      if (seq < next) return;
      waiting.set(seq, record);
      while (waiting.has(next)) {
        const ready = waiting.get(next);
        waiting.delete(next);
        next++;
        if (ready !== undefined) show(ready);
      }
    },
    get current() {
      return next;
    },
    finish: () => {
      const seqs = [...waiting.keys()].sort((a, b) => a - b);
      for (const seq of seqs) {
        const record = waiting.get(seq);
        waiting.delete(seq);
        next = seq + 1;
        if (record !== undefined) show(record);
      }
    },
  };
}
