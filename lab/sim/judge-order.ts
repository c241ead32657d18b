import type { ResourceNeed, TaskClass } from "../../src/core/policy.ts";
import { type Judge, must, seenOf } from "./judge.ts";
import { checkSlot, emptySlotsFor, laneOf, slotsFor, type Waiter, waiterOf } from "./judge-places.ts";

/** Sums of fractions. */
const ERROR = 0.002;

/** Whether it was the turn of a task that is about to go into a slot, and the slot is the one for it. */
export function seeTurn(judge: Judge, starting: Waiter, slot: number, ahead: boolean, nowMs: number): void {
  const { task, of } = starting;
  const lane = laneOf(judge, starting);
  const waiters = waitersOf(judge, nowMs);
  const at = waiters.findIndex((waiter) => laneOf(judge, waiter) === lane);
  must(waiters[at]?.task === task, `task ${task} starts before task ${waiters[at]?.task} of its class`);
  const before = waiters.slice(0, at);
  for (const [place, earlier] of before.entries()) {
    const story = `task ${task} overtakes task ${earlier.task}`;
    must(!canStart(judge, earlier, before.slice(0, place)), `${story}, which could start`);
    if (isPossible(judge, earlier)) checkOvertaking(judge, story, of, earlier, ahead);
  }
  const patient = before.filter((waiter) => isPossible(judge, waiter));
  checkSlot(judge, starting, slot, patient);
  if (!ahead) checkResources(judge, task, of);
  judge.awaited.delete(lane);
}

/** The waiting tasks whose turn it could be: the first of each lane, in the order of the lanes. */
export function waitersOf(judge: Judge, nowMs: number): readonly Waiter[] {
  const first = new Map<string, Waiter>();
  for (let task = 1; task <= judge.added; task++) {
    const seen = seenOf(judge, task);
    const waits = !seen.held && !seen.outcome && !seen.blocked && !judge.resumed.has(task);
    if (!waits || seen.restsUntilMs > nowMs) continue;
    const waiter = waiterOf(judge, task);
    const lane = laneOf(judge, waiter);
    const other = first.get(lane);
    if (other === undefined || (seen.again && !seenOf(judge, other.task).again)) first.set(lane, waiter);
  }
  return [...first.values()].sort((a, b) => b.of.priority - a.of.priority || a.task - b.task);
}

/** Whether a task could start now in an empty slot, and leave all that they need to those before it. */
export function canStart(judge: Judge, waiter: Waiter, before: readonly Waiter[]): boolean {
  const free = freeOf(judge);
  for (const other of before) {
    if (isPossible(judge, other))
      for (const { resource, amount } of other.of.needs) free[resource]! -= amount;
  }
  const fits = waiter.of.needs.every(({ resource, amount }) => (free[resource] ?? 0) - ERROR >= amount);
  return fits && emptySlotsFor(judge, waiter).length > 0;
}

/** What nobody holds: a slot holds what its first task needs. */
export function freeOf(judge: Judge): number[] {
  const free = [...judge.totals];
  for (const [task] of judge.slots.values()) {
    if (task === undefined) continue;
    for (const { resource, amount } of seenOf(judge, task).class.needs) free[resource]! -= amount;
  }
  return free;
}

export function lacks(free: readonly number[], { resource, amount }: ResourceNeed): boolean {
  return (free[resource] ?? 0) + ERROR < amount;
}

/** Not so where it needs more than there is, or no slot that it may be in is open. */
export function isPossible(judge: Judge, waiter: Waiter): boolean {
  return slotsFor(judge, waiter).length > 0 && !waiter.of.needs.some((need) => lacks(judge.totals, need));
}

/** What an earlier lane has lacked while a slot was empty for it, since one of its tasks last started, is not taken from it. */
function checkOvertaking(judge: Judge, story: string, of: TaskClass, earlier: Waiter, ahead: boolean): void {
  const awaited = judge.awaited.get(laneOf(judge, earlier));
  const free = freeOf(judge);
  for (const { resource, amount } of of.needs) {
    const need = earlier.of.needs.find((one) => one.resource === resource);
    if (need === undefined) continue;
    const isAwaited = awaited?.has(resource) ?? false;
    const left = free[resource]! - (ahead ? 0 : amount);
    must(!isAwaited || left + ERROR >= need.amount, `${story}, and takes resource ${resource} from it`);
  }
}

function checkResources(judge: Judge, task: number, of: TaskClass): void {
  const free = freeOf(judge);
  for (const need of of.needs) {
    must(!lacks(free, need), `task ${task} takes more of resource ${need.resource} than is free`);
  }
}
