import type { Row } from "../interface/task.ts";
import { type MaybePromise, settled } from "./maybe-promise.ts";

/** What has rows to read: a source, or several of them together. */
export interface Rows {
  /** At least one as soon as any is there, at most `max`; none at the end, and again none after it. */
  read(max: number): MaybePromise<Row[]>;
}

/** Takes rows one by one from what gives them in batches. */
export interface RowQueue {
  next(): Generator<Promise<void>, Row | undefined, void>;
  /** True where it is already known that no row is left; never waits to find out. */
  isOver(): boolean;
}

/** `batchMax` is 1 for sources that share standard input: none may take what is the other's. */
export function rowQueue(rows: Rows, batchMax: number): RowQueue {
  let queue: Row[] = [];
  let head = 0;
  let asked: Promise<Row[]> | undefined;
  return {
    *next() {
      if (head === queue.length) {
        queue = yield* settled(asked ?? rows.read(batchMax));
        asked = undefined;
        head = 0;
      }
      return queue[head++];
    },
    isOver() {
      if (head < queue.length || asked !== undefined || batchMax === 1) return false;
      const batch = rows.read(batchMax);
      if (batch instanceof Promise) {
        asked = batch;
        // Its error is for who asks for the row.
        batch.catch(() => {});
        return false;
      }
      queue = batch;
      head = 0;
      return batch.length === 0;
    },
  };
}

/** A generator of rows, and of promises that it has to wait for. */
export type RowGenerator = Generator<Row | Promise<void>, void, void>;

/** Reads from a generator in batches; a batch never waits for more than its first row. */
export function steppedRows(generator: RowGenerator): Rows {
  let waiting: Promise<void> | undefined;
  const fill = (max: number): Row[] => {
    const rows: Row[] = [];
    while (rows.length < max && waiting === undefined) {
      const step = generator.next();
      if (step.done === true) break;
      if (step.value instanceof Promise) waiting = step.value;
      else rows.push(step.value);
    }
    // Where the rows go out first, the error of what is awaited is for the next call.
    waiting?.catch(() => {});
    return rows;
  };
  const fillLater = async (max: number): Promise<Row[]> => {
    let rows: Row[] = [];
    while (rows.length === 0 && waiting !== undefined) {
      await waiting;
      waiting = undefined;
      rows = fill(max);
    }
    return rows;
  };
  return {
    read(max) {
      const rows = fill(max);
      return rows.length === 0 && waiting !== undefined ? fillLater(max) : rows;
    },
  };
}
