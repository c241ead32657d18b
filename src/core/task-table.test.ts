import assert from "node:assert/strict";
import { test } from "node:test";
import {
  attemptsOf,
  createTaskTable,
  SEGMENT_TASKS,
  setAttempts,
  setState,
  stateOf,
  tableBytes,
} from "./task-table.ts";

test("an untouched task waits, and costs nothing", () => {
  const table = createTaskTable();
  assert.equal(stateOf(table, 1_000_000_000), "waiting");
  assert.equal(attemptsOf(table, 1_000_000_000), 0);
  assert.equal(tableBytes(table), 0);
});

test("attempts are counted beyond a byte", () => {
  const table = createTaskTable();
  for (const count of [254, 255, 256, 100_000, 255, 254, 3]) {
    setAttempts(table, 5, count);
    assert.equal(attemptsOf(table, 5), count);
    assert.equal(attemptsOf(table, 6), 0);
  }
  assert.equal(table.manyAttempts.size, 0);
});

test("a segment whose tasks have all ended is forgotten", () => {
  const table = createTaskTable();
  setAttempts(table, 9, 1000);
  for (let task = 1; task < SEGMENT_TASKS - 1; task++) setState(table, task, "succeeded");
  assert.equal(stateOf(table, 9), "succeeded");
  setState(table, SEGMENT_TASKS - 1, "failed");
  assert.equal(stateOf(table, 9), "forgotten");
  assert.equal(attemptsOf(table, 9), 0);
  assert.equal(stateOf(table, SEGMENT_TASKS), "waiting");
  assert.equal(table.manyAttempts.size, 0);
});
