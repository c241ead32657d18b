import type { Row } from "../interface/task.ts";
import type { RowGenerator, RowQueue } from "./row-queue.ts";

/** One factor of the product: a source, or several that :::+ ties together. */
export interface Factor {
  next(): Generator<Promise<void>, Row | undefined, void>;
  isOver(): boolean;
  /** Stands in for a factor without rows: it does not empty the product. */
  readonly missing: Row;
}

export function sourceFactor(queue: RowQueue): Factor {
  return { next: () => queue.next(), isOver: () => queue.isOver(), missing: [""] };
}

/**
 * Sources in step: one row of each for each row, until one of them ends. A source that is empty from the start counts
 * as one empty value.
 */
export function linkedFactor(queues: readonly RowQueue[]): Factor {
  let order = queues.map((_, index) => index);
  let begun = false;
  let over = false;
  return {
    *next() {
      if (over) return undefined;
      const parts: (Row | undefined)[] = new Array(queues.length).fill(undefined);
      for (const index of order) {
        parts[index] = yield* queues[index]!.next();
        over ||= parts[index] === undefined;
        if (over && begun) return undefined;
      }
      // From the second row on GNU parallel asks the last source first. It shows where they share standard input.
      if (!begun) order = order.reverse();
      begun = true;
      if (parts.every((part) => part === undefined)) return undefined;
      return parts.flatMap((part) => part ?? [""]);
    },
    isOver: () => over,
    missing: queues.map(() => ""),
  };
}

/**
 * The cartesian product, the last factor varying fastest. Rows come while the sources are still being read. The first
 * factor is never held, so that it may be endless; another is held as far as it was read, unless all before it have
 * one row only. No rows at all where every factor is empty.
 */
export function* productRows(factors: readonly Factor[]): RowGenerator {
  const held: Row[][] = [];
  const ended: boolean[] = [];
  // GNU parallel reads one row of each source first; it shows where sources share standard input.
  for (const factor of factors) {
    const row = yield* factor.next();
    ended.push(row === undefined);
    held.push([row ?? factor.missing]);
  }
  if (ended.every((end) => end)) return;
  const at = factors.map(() => 0);
  let changed = 0;
  while (changed >= 0) {
    yield joined(held, at);
    for (changed = factors.length - 1; changed >= 0; changed--) {
      if (at[changed]! + 1 < held[changed]!.length) {
        at[changed]!++;
        break;
      }
      const row = ended[changed] ? undefined : yield* factors[changed]!.next();
      if (row !== undefined) {
        hold(changed, row);
        break;
      }
      ended[changed] = true;
      at[changed] = 0;
    }
  }

  function hold(index: number, row: Row): void {
    if (isNeverRepeated(index)) {
      held[index] = [row];
    } else {
      held[index]!.push(row);
      at[index]!++;
    }
  }

  function isNeverRepeated(index: number): boolean {
    for (let outer = 0; outer < index; outer++) {
      if (held[outer]!.length > 1 || at[outer]! > 0) return false;
      if (!ended[outer] && !factors[outer]!.isOver()) return false;
    }
    // Where some rows are held already, the rest joins them.
    return held[index]!.length === 1;
  }
}

function joined(held: readonly Row[][], at: readonly number[]): Row {
  if (held.length === 1) return held[0]![at[0]!]!;
  const row: string[] = [];
  for (let index = 0; index < held.length; index++) {
    for (const value of held[index]![at[index]!]!) row.push(value);
  }
  return row;
}
