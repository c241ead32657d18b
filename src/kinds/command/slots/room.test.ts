import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { YonderError } from "../../../interface/errors.ts";
import { openSlots } from "../hosts/layout.ts";
import { openRoom } from "./room.ts";

function room(filesPerSlot = 2) {
  const warnings: string[] = [];
  const errors: YonderError[] = [];
  const changes = { count: 0 };
  const opened = openRoom({
    filesPerSlot,
    wantsMost: false,
    onChange: () => changes.count++,
    onHopeless: (error) => errors.push(error),
    warn: (text) => warnings.push(text),
  });
  return { ...opened, warnings, errors, changes, open: (slots: number) => openSlots(opened.fit({ slots })) };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

test("where there is room nothing changes", () => {
  const { fit, warnings } = room();
  const layout = { slots: 4 };
  assert.equal(fit(layout), layout);
  assert.deepEqual(warnings, []);
});

test("too few descriptors for all slots are told of at once, with what to raise", () => {
  const { open, warnings, needs } = room(1e9);
  assert.equal(open(4), 1);
  assert.equal(open(5), 1);
  assert.equal(warnings[0], "Only enough file handles to run 1 jobs in parallel.");
  assert.match(warnings[1]!, /ulimit -n/);
  assert.equal(warnings.length, 2);
  assert.throws(() => needs(2), /cannot run 2 jobs at the same time/);
});

test("slots that were short close at once; half of the others go on", async () => {
  const r = room();
  r.open(10);
  for (const slot of [3, 9, 10]) r.short(slot, "processes");
  assert.equal(r.open(10), 7);
  assert.equal(r.fit({ slots: 10 }).places?.[2], 0);
  await until(() => r.warnings.length > 0);
  assert.equal(r.warnings[0], "Only enough available processes to run 4 jobs in parallel.");
  assert.equal(r.open(10), 4);
  r.close();
});

test("where no slot is left one is tried again and again, and then the job ends", async () => {
  const r = room();
  r.open(2);
  while (r.errors.length === 0) {
    await until(() => r.open(2) > 0);
    r.short(1, "memory");
    r.short(2, "memory");
    assert.equal(r.open(2), 0);
  }
  assert.equal(r.errors[0]?.message, "cannot run any job: not enough memory");
  r.close();
});

test("jobs that must run at the same time cannot go on with fewer", () => {
  const r = room();
  r.needs(3);
  r.open(3);
  r.short(2, "processes");
  assert.equal(r.errors[0]?.message, "cannot run 3 jobs at the same time: not enough available processes");
  r.close();
});
