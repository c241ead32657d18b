import type { ResourceNeed, TaskClass } from "../../src/core/policy.ts";
import { emptySlots, type Judge, must, seenOf } from "./judge.ts";

/** The first task in the line of a class. */
export interface Waiter {
  readonly of: TaskClass;
  readonly task: number;
}

/** Sums of fractions. */
const ERROR = 0.002;

/** Whether it was the turn of a task that is about to go into a slot. */
export function seeTurn(judge: Judge, task: number, ahead: boolean, nowMs: number): void {
  const { class: of } = seenOf(judge, task);
  const waiters = waitersOf(judge, nowMs);
  const at = waiters.findIndex((waiter) => waiter.of === of);
  must(waiters[at]?.task === task, `task ${task} starts before task ${waiters[at]?.task} of its class`);
  const before = waiters.slice(0, at);
  for (const [place, { of: other, task: earlier }] of before.entries()) {
    const story = `task ${task} overtakes task ${earlier}`;
    must(!canStart(judge, other, before.slice(0, place)), `${story}, which could start`);
    if (isPossible(judge, other)) checkOvertaking(judge, story, of, other, ahead);
  }
  if (!ahead) checkResources(judge, task, of);
  judge.awaited.delete(of);
}

/** The waiting tasks whose turn it could be: the first of each class, in the order of the classes. */
export function waitersOf(judge: Judge, nowMs: number): readonly Waiter[] {
  const first = new Map<TaskClass, number>();
  for (let task = 1; task <= judge.added; task++) {
    const seen = seenOf(judge, task);
    const waits = !seen.held && !seen.outcome && !seen.blocked && !judge.resumed.has(task);
    if (!waits || seen.restsUntilMs > nowMs) continue;
    const other = first.get(seen.class);
    if (other === undefined || (seen.again && !seenOf(judge, other).again)) first.set(seen.class, task);
  }
  return [...first]
    .map(([of, task]) => ({ of, task }))
    .sort((a, b) => b.of.priority - a.of.priority || a.task - b.task);
}

/** Whether a task of the class could start now in an empty slot, and leave all that they need to the classes before it. */
export function canStart(judge: Judge, of: TaskClass, before: readonly Waiter[]): boolean {
  const free = freeOf(judge);
  for (const { of: other } of before) {
    if (isPossible(judge, other)) for (const { resource, amount } of other.needs) free[resource]! -= amount;
  }
  const fits = of.needs.every(({ resource, amount }) => (free[resource] ?? 0) - ERROR >= amount);
  return fits && emptySlots(judge, of.pool) > 0;
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

/** Not so where it needs more than there is, or has no slots at all. */
export function isPossible(judge: Judge, of: TaskClass): boolean {
  return judge.pools[of.pool]!.slots > 0 && !of.needs.some((need) => lacks(judge.totals, need));
}

/** What an earlier class has lacked while a slot was empty for it, since one of its tasks last started, is not taken from it. */
function checkOvertaking(
  judge: Judge,
  story: string,
  of: TaskClass,
  earlier: TaskClass,
  ahead: boolean,
): void {
  must(!ahead || of.pool !== earlier.pool, `${story} to a place behind another`);
  const free = freeOf(judge);
  for (const { resource, amount } of of.needs) {
    const need = earlier.needs.find((one) => one.resource === resource);
    if (need === undefined) continue;
    const isAwaited = judge.awaited.get(earlier)?.has(resource) ?? false;
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
