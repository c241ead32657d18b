import type { TaskClass } from "../../src/core/policy.ts";
import { type Judge, loadOf, must, seenOf, slotKey } from "./judge.ts";

/** A lane: tasks of one class that have failed at the same places. The first of it that waits. */
export interface Waiter {
  readonly of: TaskClass;
  readonly task: number;
  readonly failedAt: ReadonlySet<number>;
}

/** The lane of a task. */
export function laneOf(judge: Judge, { of, failedAt }: Omit<Waiter, "task">): string {
  const key = judge.scenario.workload.classes.indexOf(of);
  return failedAt.size === 0 ? `${key}` : `${key} failed at ${[...failedAt].sort()}`;
}

export function waiterOf(judge: Judge, task: number): Waiter {
  const { class: of, failedAt } = seenOf(judge, task);
  return { of, task, failedAt };
}

/** The open slots that a task may be in, busy or not: where it has failed only if nothing else is open. */
export function slotsFor(judge: Judge, { of, failedAt }: Waiter): readonly number[] {
  const { pool, places } = of;
  const open: number[] = [];
  for (let slot = 1; slot <= judge.pools[pool]!.slots; slot++) {
    const place = openPlace(judge, pool, slot);
    if (place !== 0 && (places === undefined || places.includes(place))) open.push(slot);
  }
  const others = open.filter((slot) => !failedAt.has(openPlace(judge, pool, slot)));
  return others.length > 0 ? others : open;
}

/** Of the slots that a task may be in, those that hold nothing. */
export function emptySlotsFor(judge: Judge, waiter: Waiter): readonly number[] {
  return slotsFor(judge, waiter).filter((slot) => loadOf(judge, waiter.of.pool, slot) === 0);
}

/** The place of a slot; 0 for one that is closed. */
export function openPlace(judge: Judge, pool: number, slot: number): number {
  const { slots, places } = judge.pools[pool]!;
  if (slot > slots) return 0;
  return places === undefined ? 1 : places[slot - 1]!;
}

/**
 * A task goes to the best slot: one that it may be in and that has room; the emptiest, then at the heaviest place, then at
 * the one in use the least, then the lowest.
 * @param before those whose turn was before: nothing is queued where they wait for a slot
 */
export function checkSlot(judge: Judge, waiter: Waiter, slot: number, before: readonly Waiter[]): void {
  const { pool } = waiter.of;
  const { depth } = judge.pools[pool]!;
  const story = `start of task ${waiter.task} in slot ${slot}`;
  must(openPlace(judge, pool, slot) !== 0, `${story}, which is closed`);
  const mine = slotsFor(judge, waiter);
  must(mine.includes(slot), `${story}, where it may not run`);
  must(loadOf(judge, pool, slot) < depth, `${story}, which is full`);
  const kept = new Set(
    before
      .filter(({ of }) => of.pool === pool)
      .flatMap((one) => slotsFor(judge, one).map((other) => openPlace(judge, pool, other))),
  );
  const isKept = (other: number): boolean =>
    loadOf(judge, pool, other) > 0 && kept.has(openPlace(judge, pool, other));
  must(!isKept(slot), `${story} behind another, where one waits whose turn is earlier`);
  for (const other of mine) {
    if (other === slot || loadOf(judge, pool, other) >= depth || isKept(other)) continue;
    must(!isBetter(judge, pool, other, slot), `${story}: slot ${other} is better`);
  }
}

function isBetter(judge: Judge, pool: number, slot: number, other: number): boolean {
  const one = rankOf(judge, pool, slot);
  const two = rankOf(judge, pool, other);
  const at = one.findIndex((value, index) => Math.abs(value - two[index]!) > 1e-9);
  return one[at]! < two[at]!;
}

/** The less, the better. */
function rankOf(judge: Judge, pool: number, slot: number): readonly number[] {
  const { weights } = judge.pools[pool]!;
  const place = openPlace(judge, pool, slot);
  return [loadOf(judge, pool, slot), -(weights?.[place - 1] ?? 1), shareInUse(judge, pool, place), slot];
}

/** Of the slots of a place that are in use or could be. */
function shareInUse(judge: Judge, pool: number, place: number): number {
  let used = 0;
  let empty = 0;
  for (const [key, home] of judge.homes) {
    const [ofPool, slot] = key.split(".").map(Number);
    if (ofPool !== pool || home !== place) continue;
    if (loadOf(judge, pool, slot!) > 0) used++;
    else if (openPlace(judge, pool, slot!) !== 0) empty++;
  }
  return used / (used + empty);
}

/** Slots do not move. */
export function seeHomes(judge: Judge, pool: number): void {
  for (let slot = 1; slot <= judge.pools[pool]!.slots; slot++) {
    const place = openPlace(judge, pool, slot);
    if (place !== 0) judge.homes.set(slotKey(pool, slot), place);
  }
}
