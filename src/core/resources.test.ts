import assert from "node:assert/strict";
import { test } from "node:test";
import { createClass } from "./classes.ts";
import { DEFAULT_POLICY, plainClass, type ResourceNeed } from "./policy.ts";
import { createResources, holdFor, impossibleNeed, lacks, letGo, setTotals } from "./resources.ts";
import { changeSlots, createSlots } from "./slots.ts";

const slots = createSlots();
changeSlots(slots, { slots: 4, depth: 1 });

test("what a slot holds is not free, until it lets go", () => {
  const resources = createResources();
  setTotals(resources, [4, 1]);
  holdFor(resources, slots, 1, classThat([{ resource: 0, amount: 3 }]));
  assert.deepEqual(resources.free, [1, 1]);
  assert.ok(lacks(resources, { resource: 0, amount: 2 }));
  assert.ok(!lacks(resources, { resource: 0, amount: 1 }));
  assert.ok(lacks(resources, { resource: 0, amount: 1 }, 1), "what is kept for others is not free");
  letGo(resources, slots, 1);
  assert.deepEqual(resources.free, [4, 1]);
});

test("a total that shrinks below what is held leaves less than nothing", () => {
  const resources = createResources();
  setTotals(resources, [4]);
  holdFor(resources, slots, 1, classThat([{ resource: 0, amount: 3 }]));
  setTotals(resources, [2]);
  assert.deepEqual(resources.free, [-1]);
  letGo(resources, slots, 1);
  assert.deepEqual(resources.free, [2]);
});

test("what is held of a resource that is gone is still held when it comes back", () => {
  const resources = createResources();
  setTotals(resources, [1, 2]);
  holdFor(resources, slots, 1, classThat([{ resource: 1, amount: 2 }]));
  setTotals(resources, [1]);
  assert.ok(lacks(resources, { resource: 1, amount: 1 }));
  setTotals(resources, [1, 3]);
  assert.deepEqual(resources.free, [1, 1]);
  setTotals(resources, []);
  letGo(resources, slots, 1);
  setTotals(resources, [1, 3]);
  assert.deepEqual(resources.free, [1, 3]);
});

test("nothing is needed of a resource that nobody has told of", () => {
  const resources = createResources();
  holdFor(resources, slots, 1, classThat([{ resource: 1, amount: 0 }]));
  setTotals(resources, [1, 1]);
  assert.deepEqual(resources.free, [1, 1]);
});

test("tenths add up: ten of them are one", () => {
  const resources = createResources();
  setTotals(resources, [1]);
  const tenth = { resource: 0, amount: 0.1 };
  for (let slot = 1; slot <= 10; slot++) {
    assert.ok(!lacks(resources, tenth), `the ${slot}th`);
    holdFor(resources, slots, slot, classThat([tenth]));
  }
  assert.ok(lacks(resources, tenth));
});

test("more than there is in all is impossible; more than is free is not", () => {
  const resources = createResources();
  setTotals(resources, [1, 4]);
  holdFor(resources, slots, 1, classThat([{ resource: 1, amount: 4 }]));
  const needs = [
    { resource: 1, amount: 4 },
    { resource: 0, amount: 2 },
  ];
  assert.deepEqual(impossibleNeed(resources, needs), needs[1]);
  assert.equal(impossibleNeed(resources, needs.slice(0, 1)), undefined);
  assert.deepEqual(impossibleNeed(resources, [{ resource: 7, amount: 1 }]), { resource: 7, amount: 1 });
});

function classThat(needs: readonly ResourceNeed[]): ReturnType<typeof createClass> {
  return createClass({ ...plainClass(DEFAULT_POLICY), needs }, slots);
}
