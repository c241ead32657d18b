import { YonderError } from "../interface/errors.ts";
import type { Row } from "../interface/task.ts";
import { refuseEmpty } from "./link.ts";
import type { RowGenerator } from "./row-queue.ts";
import { linkSize, productSize } from "./size.ts";

/** All rows of a space in a random order. Only the sources and four bytes a row are held, never the rows. */
export function* shuffledRows(space: RowSpace, seed: number): RowGenerator {
  for (const index of permutation(space.size, seed)) yield space.row(index);
}

/** Rows that can be had in any order. */
export interface RowSpace {
  readonly size: number;
  row(index: number): Row;
}

/** The twin of productRows for factors that were read to their ends. */
export function productSpace(factors: readonly (readonly Row[])[], missing: readonly Row[]): RowSpace {
  const lists = factors.map((rows, index) => (rows.length === 0 ? [missing[index]!] : rows));
  return {
    size: productSize(factors.map((rows) => rows.length)),
    row(index) {
      const parts: Row[] = [];
      for (const list of lists.toReversed()) {
        parts.push(list[index % list.length]!);
        index = Math.floor(index / list.length);
      }
      return parts.reverse().flat();
    },
  };
}

/** The twin of linkedRows. */
export function linkSpace(sources: readonly (readonly Row[])[]): RowSpace {
  return {
    size: linkSize(sources.map((rows) => rows.length)),
    row: (index) => sources.flatMap((rows, place) => rows[index % rows.length] ?? refuseEmpty(place)),
  };
}

const sizeMax = 2 ** 31;

/** 0 to size - 1 in an order that the seed alone decides (Fisher and Yates; mulberry32). */
export function permutation(size: number, seed: number): Uint32Array {
  if (size > sizeMax) {
    throw new YonderError("INPUT", {
      message: `--shuf cannot shuffle ${size} jobs: ${sizeMax} are the most.`,
      remedy: "Leave out --shuf, or shuffle the values of the sources.",
    });
  }
  const order = Uint32Array.from({ length: size }, (_, index) => index);
  const random = mulberry32(seed);
  for (let last = size - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const value = order[last]!;
    order[last] = order[other]!;
    order[other] = value;
  }
  return order;
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
