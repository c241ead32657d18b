import type { Row } from "../interface/task.ts";
import { linkedRows } from "./link.ts";
import { isStdin } from "./open-records.ts";
import type { InputOptions, InputSource } from "./options.ts";
import { type Factor, linkedFactor, productRows, sourceFactor } from "./product.ts";
import { type RowGenerator, type RowQueue, type Rows, rowQueue, steppedRows } from "./row-queue.ts";
import { linkSpace, productSpace, shuffledRows } from "./shuffle.ts";
import { linkedFactorSize, linkSize, productSize } from "./size.ts";

/** The rows of all sources together: linked, multiplied or shuffled. */
export function combine(
  rows: readonly Rows[],
  sources: readonly InputSource[],
  options: Pick<InputOptions, "link" | "shuf">,
): Rows {
  if (rows.length === 1 && options.shuf === undefined) return rows[0]!;
  const shared = sources.filter(isStdin).length > 1;
  const queues = rows.map((each, index) => rowQueue(each, shared && isStdin(sources[index]!) ? 1 : batchMax));
  if (options.shuf !== undefined) {
    const seed = options.shuf.seed ?? Math.floor(Math.random() * 2 ** 32);
    return steppedRows(shuffled(queues, sources, options.link, seed));
  }
  return steppedRows(options.link ? linkedRows(queues) : productRows(factorsOf(queues, sources)));
}

/** How many rows they make, from the number of rows of each source. */
export function combinedSize(
  sizes: readonly number[],
  sources: readonly InputSource[],
  link: boolean,
): number {
  if (link) return linkSize(sizes);
  return productSize(groupsOf(sources).map((group) => linkedFactorSize(group.map((index) => sizes[index]!))));
}

/** Rows that are read ahead of each source. */
const batchMax = 1000;

function* shuffled(
  queues: readonly RowQueue[],
  sources: readonly InputSource[],
  link: boolean,
  seed: number,
): RowGenerator {
  if (link) {
    const lists = yield* readAll(queues);
    yield* shuffledRows(linkSpace(lists), seed);
  } else {
    const factors = factorsOf(queues, sources);
    const lists = yield* readAll(factors);
    const missing = factors.map((factor) => factor.missing);
    yield* shuffledRows(productSpace(lists, missing), seed);
  }
}

function* readAll(queues: readonly Pick<RowQueue, "next">[]): Generator<Promise<void>, Row[][], void> {
  const lists: Row[][] = [];
  for (const queue of queues) {
    const list: Row[] = [];
    for (let row = yield* queue.next(); row !== undefined; row = yield* queue.next()) list.push(row);
    lists.push(list);
  }
  return lists;
}

function factorsOf(queues: readonly RowQueue[], sources: readonly InputSource[]): Factor[] {
  return groupsOf(sources).map((group) =>
    group.length === 1
      ? sourceFactor(queues[group[0]!]!)
      : linkedFactor(group.map((index) => queues[index]!)),
  );
}

/** The places of the sources that :::+ ties together. The first source has none before it to be tied to. */
function groupsOf(sources: readonly InputSource[]): number[][] {
  const groups: number[][] = [];
  for (const [index, source] of sources.entries()) {
    if (source.linked && groups.length > 0) groups.at(-1)!.push(index);
    else groups.push([index]);
  }
  return groups;
}
