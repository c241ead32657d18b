import { exitStatus } from "../../src/core/summary.ts";
import { type Judge, must } from "./judge.ts";
import { canStart, isPossible, lacks, waitersOf } from "./judge-order.ts";
import { emptySlotsFor, laneOf, openPlace, type Waiter, waiterOf } from "./judge-places.ts";
import { expectedStatus } from "./twin.ts";

/** Between two steps: nothing is left undone. */
export function seeRest(judge: Judge, nowMs: number): void {
  checkHeld(judge);
  const waiters = waitersOf(judge, nowMs);
  forgetAwaited(judge, waiters);
  if (judge.stopped || judge.summary || !mayStart(judge)) return;
  checkIdle(judge, waiters);
  checkBehind(judge, waiters);
  noteAwaited(judge, waiters);
}

/** After the last event: the job has ended, with what a naive reading of the policy makes of the same story. */
export function seeLast(judge: Judge): void {
  const { summary } = judge;
  must(summary !== undefined, "the job is stuck: nothing will happen any more, and it has not ended");
  let unfinished = 0;
  for (let task = 1; task <= judge.added; task++) {
    const seen = judge.tasks.get(task);
    must(!seen?.held, `task ${task} is still in a slot`);
    if (!seen?.outcome && !judge.resumed.has(task)) unfinished++;
  }
  must(judge.stopped || unfinished === 0, `${unfinished} tasks have no outcome`);
  must(summary.unfinished === unfinished, `${unfinished} tasks are unfinished, not ${summary.unfinished}`);
  for (const type of ["succeeded", "failed", "timedOut", "cancelled", "skipped"] as const) {
    const count = judge.order.filter(({ outcome }) => outcome.type === type).length;
    must(summary[type] === count, `${count} tasks ${type}, the summary says ${summary[type]}`);
  }
  const status = expectedStatus(judge.scenario.policy.halt, judge.order, judge.added);
  // A cancelled job has the status that its driver gives it.
  if (summary.stopped !== "cancel")
    must(exitStatus(summary) === status, `status ${exitStatus(summary)}, not ${status}`);
}

/** What must not run has been told to stop; what must not begin has been asked back. */
function checkHeld(judge: Judge): void {
  for (const [slot, held] of judge.slots) {
    const [pool = 0, number = 0] = slot.split(".").map(Number);
    for (const [place, task] of held.entries()) {
      const seen = judge.tasks.get(task)!;
      const unwanted = judge.killed || seen.cancelAsked;
      if (place === 0) must(!unwanted || seen.stoppedFor !== undefined, `task ${task} runs on`);
      else {
        const mayBegin =
          !unwanted && !judge.stopped && openPlace(judge, pool, number) !== 0 && judge.closedGates.size === 0;
        must(mayBegin || seen.askedBack, `task ${task} could begin and must not`);
      }
    }
  }
}

function mayStart(judge: Judge): boolean {
  const { delay, askBeforeStart, halt } = judge.scenario.policy;
  if (judge.closedGates.size > 0 || delay.delayMs > 0 || askBeforeStart) return false;
  return halt.when === "never" || halt.threshold.type === "count" || judge.inputClosed;
}

/** Whatever waits in line lacks a slot, or a resource, or leaves what it needs to those before it. */
function checkIdle(judge: Judge, waiters: readonly Waiter[]): void {
  for (const [at, waiter] of waiters.entries()) {
    must(!canStart(judge, waiter, waiters.slice(0, at)), `task ${waiter.task} waits, and could start`);
  }
}

/**
 * No task waits behind another while it could begin in an empty slot; but for those slots that others, which are coming
 * back, may take.
 */
function checkBehind(judge: Judge, waiters: readonly Waiter[]): void {
  const behind: Waiter[] = [];
  const comingBack: Waiter[] = [];
  for (const [task, seen] of judge.tasks) {
    if (seen.held === undefined || judge.slots.get(seen.held.slot)![0] === task) continue;
    (seen.askedBack ? comingBack : behind).push(waiterOf(judge, task));
  }
  for (const waiter of behind) {
    if (!canStart(judge, waiter, waiters)) continue;
    const empty = emptySlotsFor(judge, waiter);
    const takers = comingBack.filter(
      (other) =>
        other.of.pool === waiter.of.pool && emptySlotsFor(judge, other).some((slot) => empty.includes(slot)),
    );
    must(
      takers.length >= empty.length,
      `task ${waiter.task} waits behind another, and could start in an empty slot`,
    );
  }
}

/** What they lacked as soon as the scheduler looked. What those after them have taken since, they did not wait for yet. */
function noteAwaited(judge: Judge, waiters: readonly Waiter[]): void {
  for (const waiter of waiters) {
    if (!isPossible(judge, waiter) || emptySlotsFor(judge, waiter).length === 0) continue;
    const lane = laneOf(judge, waiter);
    const awaited = judge.awaited.get(lane) ?? new Set();
    judge.awaited.set(lane, awaited);
    for (const need of waiter.of.needs) if (lacks(judge.freeBefore, need)) awaited.add(need.resource);
  }
}

/** Nobody waits in the name of tasks that have failed and are gone. */
function forgetAwaited(judge: Judge, waiters: readonly Waiter[]): void {
  const lanes = new Set(waiters.map((waiter) => laneOf(judge, waiter)));
  for (const lane of judge.awaited.keys()) {
    if (lane.includes("failed") && !lanes.has(lane)) judge.awaited.delete(lane);
  }
}
