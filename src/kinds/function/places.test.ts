import assert from "node:assert/strict";
import { test } from "node:test";
import { machineOf } from "../../launch/thread/host-name.ts";
import { createPlaces, type Place, placesHere } from "./places.ts";
import { PROCESSES, THREADS, WAITERS } from "./task-class.ts";

const place = (name: string, machine: number, threads: number): Place => ({
  name,
  machine,
  threads,
  memoryBytes: 1,
  isLost: false,
});

test("on this machine alone, hosts and slots have the same numbers, and the scheduler needs no places", () => {
  const places = placesHere(3, 1);
  assert.deepEqual(
    [1, 2, 3].map((slot) => places.hostOf(THREADS, slot)),
    [1, 2, 3],
  );
  assert.deepEqual(
    [1, 3, 4, 6].map((slot) => places.hostOf(WAITERS, slot)),
    [4, 6, 4, 6],
  );
  assert.equal(places.hostOf(PROCESSES, 2), -2);
  assert.equal(places.numbers(3), undefined);
});

test("each slot is on one machine for good; those of a lost one are closed", () => {
  const places = createPlaces([place("alice", 1, 2), place(":", 0, 1)]);
  const hosts = [THREADS, PROCESSES, WAITERS].flatMap((pool) =>
    [1, 2, 3].map((slot) => places.hostOf(pool, slot)),
  );
  assert.equal(new Set(hosts).size, 9);
  assert.deepEqual(hosts.map(machineOf), [1, 1, 0, 1, 1, 0, 1, 1, 0]);
  assert.deepEqual(places.numbers(6), [1, 1, 2, 1, 1, 2]);
  places.all[0]!.isLost = true;
  assert.deepEqual(places.numbers(6), [0, 0, 2, 0, 0, 2]);
});

test("what has no slots is spread by how many threads machines have, over those that are left", () => {
  const places = createPlaces([place("alice", 1, 4), place("bob", 2, 2)]);
  const spread = (isAlone: boolean): number[] =>
    Array.from({ length: 6 }, (_, count) => places.spread(count, { isProcess: false, isAlone }));
  assert.deepEqual(spread(false).map(machineOf).sort(), [1, 1, 1, 1, 2, 2]);
  assert.deepEqual(spread(false).slice(0, 3).map(machineOf).sort(), [1, 1, 2]);
  assert.equal(new Set([...spread(false), ...spread(true)]).size, 12);
  places.all[0]!.isLost = true;
  assert.deepEqual([...new Set(spread(false).map(machineOf))], [2]);
  places.all[1]!.isLost = true;
  assert.throws(() => spread(false), { code: "HOST", message: "no machine is left: alice, bob are lost" });
});
