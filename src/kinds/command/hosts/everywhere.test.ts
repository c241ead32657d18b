import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task, TaskSource } from "../tasks/task.ts";
import { everywhere } from "./everywhere.ts";

function sourceOf(values: readonly string[]): TaskSource {
  let given = 0;
  return {
    async next(max) {
      const from = given;
      given = Math.min(values.length, given + Math.min(max, 2));
      return values.slice(from, given).map((value, index) => ({ seq: from + index + 1, rows: [[value]] }));
    },
    total: async () => values.length,
    close() {},
  };
}

async function all(source: TaskSource): Promise<Task[]> {
  const tasks: Task[] = [];
  for (let next = await source.next(3); next.length > 0; next = await source.next(3)) tasks.push(...next);
  return tasks;
}

test("every host gets every task, and the tasks of a host stand together", async () => {
  const tasks = await all(everywhere(sourceOf(["a", "b", "c"]), 2));
  assert.deepEqual(
    tasks.map(({ seq, rows, places }) => [seq, rows[0]![0], places]),
    [
      [1, "a", [1]],
      [2, "b", [1]],
      [3, "c", [1]],
      [4, "a", [2]],
      [5, "b", [2]],
      [6, "c", [2]],
    ],
  );
});

test("no task is none, however many hosts there are", async () => {
  assert.deepEqual(await all(everywhere(sourceOf([]), 3)), []);
});
