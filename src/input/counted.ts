import type { Row } from "../interface/task.ts";
import type { Rows } from "./row-queue.ts";
import type { RowSpool } from "./row-spool.ts";

/** Rows that can be counted before they are read. */
export interface CountedRows extends Rows {
  /** How many rows there are in all. Reads to the end and keeps in the spool what nobody has asked for yet. */
  total(): Promise<number>;
  close(): void;
}

/** Rows read at a time while counting. */
const batchMax = 500;

export function countedRows(rows: Rows, openSpool: () => RowSpool): CountedRows {
  let count = 0;
  let spool: RowSpool | undefined;
  /** A read of `rows` under way; there is never a second one. */
  let pending: Promise<unknown> | undefined;
  let total: Promise<number> | undefined;

  const readDirectly = (max: number): Row[] | Promise<Row[]> => {
    const batch = rows.read(max);
    if (!(batch instanceof Promise)) {
      count += batch.length;
      return batch;
    }
    const counted = batch.then((late) => {
      pending = undefined;
      count += late.length;
      return late;
    });
    pending = counted;
    return counted;
  };
  const drain = async (): Promise<number> => {
    // Without anything under way the first step begins now, so that a reader has it to wait for.
    if (pending !== undefined) await pending;
    spool = openSpool();
    for (let ended = false; !ended; ) {
      const step = Promise.resolve(rows.read(batchMax));
      pending = step;
      const batch = await step;
      pending = undefined;
      count += batch.length;
      spool.push(batch);
      ended = batch.length === 0;
    }
    return count;
  };
  return {
    read(max) {
      if (total === undefined) return readDirectly(max);
      return readSpooled(max);
    },
    total() {
      if (total === undefined) {
        total = drain();
        // Whoever asked hears of an error, and so does the next read.
        total.catch(() => {});
      }
      return total;
    },
    close: () => spool?.close(),
  };

  /** While the counting goes on, what it has read may be read already. */
  async function readSpooled(max: number): Promise<Row[]> {
    while (true) {
      const spooled = spool?.read(max) ?? [];
      if (spooled.length > 0) return spooled;
      if (pending === undefined) {
        await total;
        return spool!.read(max);
      }
      // The counting waited for the same promise before, so that it has put the batch into the spool.
      await pending;
    }
  }
}
