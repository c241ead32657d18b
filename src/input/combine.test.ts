import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Row } from "../interface/task.ts";
import { combine, combinedSize } from "./combine.ts";
import type { InputSource } from "./options.ts";
import type { Rows } from "./row-queue.ts";

interface Shape {
  readonly values: readonly string[];
  readonly linked: boolean;
  /** Answers with promises, in batches of this many rows; 0: at once. */
  readonly batch: number;
}

const shapes: fc.Arbitrary<Shape[]> = fc.array(
  fc.record({
    values: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 4 }),
    linked: fc.boolean(),
    batch: fc.nat(3),
  }),
  { minLength: 1, maxLength: 4 },
);

function rowsOf(shape: Shape): Rows {
  let at = 0;
  return {
    read(max) {
      const end = at + Math.min(max, shape.batch === 0 ? max : shape.batch);
      const rows = shape.values.slice(at, end).map((value): Row => [value]);
      at += rows.length;
      return shape.batch === 0 ? rows : new Promise((resolve) => setImmediate(() => resolve(rows)));
    },
  };
}

const sourceOf = ({ values, linked }: Shape): InputSource => ({ kind: "values", values, linked });

async function combined(list: readonly Shape[], link: boolean, seed?: number): Promise<Row[]> {
  const shuf = seed === undefined ? undefined : { seed };
  const rows = combine(list.map(rowsOf), list.map(sourceOf), { link, shuf });
  const all: Row[] = [];
  for (let batch = await rows.read(3); batch.length > 0; batch = await rows.read(3)) all.push(...batch);
  return all;
}

/** The slow obvious twin: the factors as whole lists, multiplied one after the other. */
function naiveProduct(list: readonly Shape[]): Row[] {
  const groups: (readonly string[])[][] = [];
  for (const { values, linked } of list) {
    if (linked && groups.length > 0) groups.at(-1)!.push(values);
    else groups.push([values]);
  }
  const factors = groups.map((group): Row[] => {
    const first = group.map((values) => values[0] ?? "");
    const shortest = Math.min(...group.map((values) => values.length));
    if (shortest === 0) return group.some((values) => values.length > 0) ? [first] : [];
    return Array.from({ length: shortest }, (_, index) => group.map((values) => values[index]!));
  });
  if (factors.every((rows) => rows.length === 0)) return [];
  const whole = factors.map((rows, index) => (rows.length === 0 ? [groups[index]!.map(() => "")] : rows));
  return whole.reduce((left, right) => left.flatMap((a) => right.map((b) => [...a, ...b])), [[]] as Row[]);
}

function naiveLink(list: readonly Shape[]): Row[] {
  const longest = Math.max(...list.map(({ values }) => values.length));
  return Array.from({ length: longest }, (_, row) => list.map(({ values }) => values[row % values.length]!));
}

const sortedText = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

test("the product is the naive one, in its order, and as large as was said", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (list) => {
      const rows = await combined(list, false);
      assert.deepEqual(rows, naiveProduct(list));
      const sizes = list.map(({ values }) => values.length);
      assert.equal(combinedSize(sizes, list.map(sourceOf), false), rows.length);
    }),
  );
});

test("--link is the naive one", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (list) => {
      const sizes = list.map(({ values }) => values.length);
      if (sizes.includes(0) && Math.max(...sizes) > 0) {
        await assert.rejects(combined(list, true), /is empty and cannot be linked/);
        return;
      }
      const rows = await combined(list, true);
      assert.deepEqual(rows, naiveLink(list));
      assert.equal(combinedSize(sizes, list.map(sourceOf), true), rows.length);
    }),
  );
});

test("--shuf only changes the order", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(), fc.boolean(), async (list, seed, link) => {
      if (link && list.some(({ values }) => values.length === 0)) return;
      const plain = await combined(list, link);
      assert.deepEqual(sortedText(await combined(list, link, seed)), sortedText(plain));
    }),
  );
});
