import assert from "node:assert/strict";
import { test } from "node:test";
import { isSameLayout, openSlots, type SlotBook, type SlotGiver, slotBook } from "./layout.ts";

/** A place with so many slots. */
function place(number: number, slots: number, weight = 1): SlotGiver {
  return { number, slots: () => slots, weight: () => weight };
}

function placesOf(book: SlotBook, slots: readonly number[], atLeast = 0): readonly number[] {
  return book.layout(
    slots.map((count, index) => place(index + 1, count)),
    atLeast,
  ).places!;
}

test("slots are numbered turn by turn over the hosts", () => {
  const book = slotBook();
  assert.deepEqual(placesOf(book, [3, 1, 2]), [1, 2, 3, 1, 3, 1]);
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 0].map((slot) => book.placeOf(slot)),
    [1, 2, 3, 1, 3, 1, 0, 0],
  );
});

test("a slot belongs to one host for good", () => {
  const book = slotBook();
  assert.deepEqual(placesOf(book, [2, 0]), [1, 1]);
  // The second one comes, the first one goes, and is back with more.
  assert.deepEqual(placesOf(book, [2, 2]), [1, 1, 2, 2]);
  assert.deepEqual(placesOf(book, [0, 2]), [0, 0, 2, 2]);
  assert.deepEqual(placesOf(book, [3, 2]), [1, 1, 2, 2, 1]);
  assert.deepEqual(placesOf(book, [1, 1]), [1, 0, 2, 0, 0]);
});

test("more slots than the hosts say, where tasks must run at the same time", () => {
  assert.deepEqual(placesOf(slotBook(), [1, 1], 5), [1, 2, 1, 2, 1]);
  assert.deepEqual(placesOf(slotBook(), [3, 3], 5).length, 6);
  // A host that is not there gets none; where none is there, there are none.
  assert.deepEqual(placesOf(slotBook(), [0, 1], 3), [2, 2, 2]);
  assert.deepEqual(placesOf(slotBook(), [0, 0], 3), []);
});

test("weights are those of the hosts, in their order", () => {
  assert.deepEqual(slotBook().layout([place(1, 1, 0.5), place(2, 1, 2)], 0).weights, [0.5, 2]);
});

test("slots that are closed do not count; a layout is the same where nothing has been told anew", () => {
  const book = slotBook();
  const layout = book.layout([place(1, 2), place(2, 1)], 0);
  assert.equal(openSlots(layout), 3);
  assert.equal(openSlots(book.layout([place(1, 0), place(2, 1)], 0)), 1);
  assert.equal(openSlots({ slots: 4 }), 4);
  assert.ok(isSameLayout(layout, layout) && isSameLayout({ slots: 4 }, { slots: 4 }));
  assert.ok(!isSameLayout({ slots: 4 }, { slots: 5 }));
});
