import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addToSlot,
  createSlots,
  emptySlots,
  removeFromSlot,
  resizeSlots,
  roomiestSlot,
  taskIn,
} from "./slots.ts";

test("the lowest slot among the emptiest comes first", () => {
  const slots = createSlots();
  resizeSlots(slots, 3, 2);
  const given: number[] = [];
  for (let task = 1; task <= 6; task++) {
    given.push(roomiestSlot(slots));
    addToSlot(slots, given.at(-1)!, task);
  }
  assert.deepEqual(given, [1, 2, 3, 1, 2, 3]);
  assert.equal(roomiestSlot(slots), 0);
  removeFromSlot(slots, 3, 3);
  assert.equal(roomiestSlot(slots), 3);
  assert.equal(taskIn(slots, 3, 0), 6);
});

test("31, 32, 33, 64 slots: the borders of the words", () => {
  for (const count of [31, 32, 33, 64, 1000]) {
    const slots = createSlots();
    resizeSlots(slots, count, 1);
    for (let task = 1; task <= count; task++) {
      assert.equal(roomiestSlot(slots), task);
      addToSlot(slots, task, task);
    }
    assert.equal(roomiestSlot(slots), 0);
    removeFromSlot(slots, 31, 31);
    assert.equal(roomiestSlot(slots), 31);
  }
});

test("more and fewer slots keep what they hold", () => {
  const slots = createSlots();
  resizeSlots(slots, 2, 1);
  addToSlot(slots, 1, 10);
  addToSlot(slots, 2, 20);
  resizeSlots(slots, 40, 3);
  assert.equal(taskIn(slots, 2, 0), 20);
  assert.equal(roomiestSlot(slots), 3);
  resizeSlots(slots, 1, 1);
  assert.equal(roomiestSlot(slots), 0);
  removeFromSlot(slots, 2, 20);
  assert.equal(roomiestSlot(slots), 0);
  assert.equal(emptySlots(slots), 0);
});
