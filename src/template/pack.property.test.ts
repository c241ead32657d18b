import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type PackingOptions, packer } from "./pack.ts";
import { compileTemplate, type Template } from "./template.ts";

const value = fc.string({ unit: fc.constantFrom(..."abc' \n{}\\\xff"), maxLength: 30 });
const rows = fc.array(fc.array(value, { minLength: 2, maxLength: 2 }), { maxLength: 60 });
const texts = ["echo", "echo {}x{} {1}y", "e {#}{} 'a {.}'", "e {= $_ .= 1 =} {2} {/}z{-1}"].map((text) =>
  text.split(" "),
);

const how = fc.record({
  words: fc.constantFrom(...texts),
  contextReplace: fc.boolean(),
  quoteWords: fc.boolean(),
  maxArgs: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  maxChars: fc.integer({ min: 700, max: 1500 }),
  distribute: fc.boolean(),
  slots: fc.integer({ min: 1, max: 9 }),
});

test("packing keeps the order, loses nothing, makes no line too long, and none shorter than it must be", () => {
  const property = fc.property(rows, how, (input, { words, slots, ...options }) => {
    const template = compileTemplate(words, { mode: "command", ...options });
    const packing: PackingOptions = { ...options, fill: true, slots: () => slots };
    const pack = packer(template, packing);
    const full = input.flatMap((row) => pack.push(row));
    const tasks = [...full, ...pack.end()];
    const length = (rows: readonly (readonly string[])[], seq: number): number =>
      String(template.render({ rows, seq, slot: 9999, slots: 9999, total: () => 1 })).length;

    assert.deepEqual(
      tasks.flatMap((task) => task.rows),
      input,
    );
    assert.deepEqual(
      tasks.map((task) => task.seq),
      tasks.map((_, index) => index + 1),
    );
    for (const task of tasks) assert.ok(length(task.rows, task.seq) < options.maxChars);
    full.forEach((task, index) => {
      const next = tasks[index + 1]?.rows[0];
      if (next === undefined || task.rows.length === options.maxArgs) return;
      assert.ok(length([...task.rows, next], task.seq) >= options.maxChars);
    });
  });
  fc.assert(property, { numRuns: 150 });
});

test("a long line is rendered a few times while it fills, not once for each value", () => {
  const template = compileTemplate("echo {}", { mode: "command" });
  let renders = 0;
  const counting: Template = {
    ...template,
    render(context) {
      renders++;
      return template.render(context);
    },
  };
  const pack = packer(counting, { fill: true });
  let tasks = 0;
  for (let n = 0; n < 50_000; n++) tasks += pack.push([String(n)]).length;
  assert.equal(tasks, 4);
  assert.ok(renders < 20 * tasks, `${renders} renders`);
});
