import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { backInLine, createLine, firstInLine, joinLine, leaveLine } from "./line.ts";
import { createTaskTable, setState, type TaskTable } from "./task-table.ts";

test("those that come back go first, lowest number first; then the fresh ones in order", () => {
  const line = createLine();
  joinLine(line, 3, 4);
  joinLine(line, 7, 7);
  backInLine(line, 9);
  backInLine(line, 2);
  assert.deepEqual(takeAll(line, createTaskTable()), [2, 9, 3, 4, 7]);
});

test("runs that follow each other become one", () => {
  const line = createLine();
  joinLine(line, 1, 2);
  joinLine(line, 3, 5);
  joinLine(line, 7, 8);
  assert.deepEqual(line.fresh, [1, 5, 7, 8]);
});

test("tasks that do not wait any more are passed over", () => {
  const line = createLine();
  const table = createTaskTable();
  joinLine(line, 1, 5);
  for (const task of [1, 3, 5]) setState(table, task, "cancelled");
  backInLine(line, 5);
  assert.deepEqual(takeAll(line, table), [2, 4]);
});

test("a line of two classes in turns keeps no more than a part of what has passed", () => {
  const line = createLine();
  const table = createTaskTable();
  for (let task = 1; task <= 100_000; task += 2) joinLine(line, task, task);
  for (let task = 1; task <= 100_000; task += 2) {
    assert.equal(firstInLine(line, table), task);
    leaveLine(line);
    assert.ok(line.at <= 1024);
  }
  assert.deepEqual(line.fresh, []);
});

test("in any order of joins and leaves, each task comes out once, and after all that were before it", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 5 })), (moves) => {
      const line = createLine();
      const table = createTaskTable();
      const waiting: number[] = [];
      let last = 0;
      for (const count of moves) {
        // A gap: tasks of another class.
        const from = last + 1 + (count % 2);
        for (let task = from; task < from + count; task++) waiting.push(task);
        if (count > 0) joinLine(line, from, (last = from + count - 1));
        for (let left = count; left < 0 && waiting.length > 0; left++) {
          assert.equal(firstInLine(line, table), waiting.shift());
          leaveLine(line);
        }
      }
      assert.deepEqual(takeAll(line, table), waiting);
    }),
  );
});

function takeAll(line: ReturnType<typeof createLine>, table: TaskTable): number[] {
  const taken: number[] = [];
  for (let task = firstInLine(line, table); task !== 0; task = firstInLine(line, table)) {
    taken.push(task);
    leaveLine(line);
  }
  return taken;
}
