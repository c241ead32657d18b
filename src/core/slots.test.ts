import assert from "node:assert/strict";
import { test } from "node:test";
import { addToSlot, changeSlots, createSlots, removeFromSlot, roomiestSlot, taskIn } from "./slots.ts";
import type { Slots } from "./state.ts";

function roomiest(slots: Slots): number {
  return roomiestSlot(slots, slots.places, 1);
}

test("the lowest slot among the emptiest comes first", () => {
  const slots = createSlots();
  changeSlots(slots, { slots: 3, depth: 2 });
  const given: number[] = [];
  for (let task = 1; task <= 6; task++) {
    given.push(roomiest(slots));
    addToSlot(slots, given.at(-1)!, task);
  }
  assert.deepEqual(given, [1, 2, 3, 1, 2, 3]);
  assert.equal(roomiest(slots), 0);
  removeFromSlot(slots, 3, 3);
  assert.equal(roomiest(slots), 3);
  assert.equal(taskIn(slots, 3, 0), 6);
});

test("31, 32, 33, 64 slots: the borders of the words", () => {
  for (const count of [31, 32, 33, 64, 1000]) {
    const slots = createSlots();
    changeSlots(slots, { slots: count, depth: 1 });
    for (let task = 1; task <= count; task++) {
      assert.equal(roomiest(slots), task);
      addToSlot(slots, task, task);
    }
    assert.equal(roomiest(slots), 0);
    removeFromSlot(slots, 31, 31);
    assert.equal(roomiest(slots), 31);
  }
});

test("more and fewer slots keep what they hold", () => {
  const slots = createSlots();
  changeSlots(slots, { slots: 2, depth: 1 });
  addToSlot(slots, 1, 10);
  addToSlot(slots, 2, 20);
  changeSlots(slots, { slots: 40, depth: 3 });
  assert.equal(taskIn(slots, 2, 0), 20);
  assert.equal(roomiest(slots), 3);
  changeSlots(slots, { slots: 1, depth: 1 });
  assert.equal(roomiest(slots), 0);
  removeFromSlot(slots, 2, 20);
  assert.equal(roomiest(slots), 0);
  assert.equal(slots.places[0]!.empty, 0);
});
