import type { JobEvent } from "../../src/core/events.ts";
import { type Judge, must, runtimesOf, seenOf } from "./judge.ts";
import { freeOf } from "./judge-order.ts";
import { seeHomes } from "./judge-places.ts";
import { expectedDelayMs, expectedRestMs, expectedTimeoutMs, hasSucceeded } from "./twin.ts";

/** Timers of the simulation fire up to 30 ms late; the scheduler's median is up to 1 % too long. */
const LATE_MS_MAX = 31;
const MEDIAN_ERROR = 1.01;

export function seeEvent(judge: Judge, event: JobEvent): void {
  checkRests(judge, event.nowMs);
  judge.lastStepMs = event.nowMs;
  see(judge, event);
  judge.freeBefore = freeOf(judge);
}

function see(judge: Judge, event: JobEvent): void {
  switch (event.type) {
    case "tasksAdded":
      seeTasks(judge, event);
      break;
    case "inputClosed":
      judge.inputClosed = true;
      break;
    case "slotsChanged":
      judge.pools[event.pool ?? 0] = event;
      seeHomes(judge, event.pool ?? 0);
      break;
    case "resumed":
      for (let task = event.from; task <= event.to; task++) judge.resumed.add(task);
      break;
    case "gateChanged":
      if (event.open) judge.closedGates.delete(event.reason);
      else judge.closedGates.add(event.reason);
      if (judge.permit === "asked" && judge.closedGates.size === 0) judge.permit = "granted";
      break;
    case "drain":
      judge.stopped = true;
      break;
    case "cancel":
      if (event.task !== undefined) seeCancel(judge, event.task);
      else judge.stopped = judge.killed = true;
      break;
    case "attemptEnded":
      seeEnd(judge, event);
      break;
    case "attemptReturned":
      seenOf(judge, event.task).attempts--;
      leaveSlot(judge, event.task, event.nowMs);
      break;
    case "attemptSkipped":
      seenOf(judge, event.task).skipped = true;
      seenOf(judge, event.task).attempts--;
      leaveSlot(judge, event.task, event.nowMs);
      break;
    case "unblocked":
      seenOf(judge, event.task).blocked = false;
      break;
    case "inputFailed":
      if (seenOf(judge, event.task).outcome === undefined) seenOf(judge, event.task).skipped = true;
      break;
    case "resourcesChanged":
      judge.totals = event.totals;
      break;
    case "evictYoungest":
    case "timerFired":
    case "classAdded":
    // Actors are not simulated here.
    case "doneElsewhere":
      break;
    default:
      event satisfies never;
  }
}

function seeTasks(judge: Judge, event: Extract<JobEvent, { type: "tasksAdded" }>): void {
  // A job that was stopped has ended without them.
  if (judge.summary !== undefined) return;
  for (let left = event.count; left > 0; left--) {
    const seen = seenOf(judge, ++judge.added);
    seen.class = judge.scenario.workload.classes[event.class ?? 0]!;
    seen.blocked = seen.again = event.blocked ?? false;
  }
}

/** The scheduler has asked to be called when the rests end. */
function checkRests(judge: Judge, nowMs: number): void {
  if (judge.stopped || judge.summary !== undefined) return;
  for (const [task, { restsUntilMs, held, outcome }] of judge.tasks) {
    const isLate = held === undefined && outcome === undefined && restsUntilMs + LATE_MS_MAX < nowMs;
    must(!isLate || judge.lastStepMs >= restsUntilMs, `task ${task} rests for too long`);
  }
}

function seeCancel(judge: Judge, task: number): void {
  const seen = seenOf(judge, task);
  seen.cancelAsked = true;
  // It was told to stop for another reason; now there is no way back.
  if (seen.held !== undefined && seen.stoppedFor !== undefined) seen.stoppedFor = "cancel";
}

function seeEnd(judge: Judge, event: Extract<JobEvent, { type: "attemptEnded" }>): void {
  const { task, exitCode, signal, nowMs } = event;
  const seen = seenOf(judge, task);
  must(seen.held !== undefined, `task ${task} has ended and is in no slot`);
  const runtimeMs = nowMs - seen.held.startMs;
  const runtimesMs = runtimesOf(judge, seen.class);
  const limitMs = expectedTimeoutMs(seen.class.timeout, runtimesMs);
  const overdue = runtimeMs > limitMs * MEDIAN_ERROR + LATE_MS_MAX;
  must(!overdue || seen.stoppedFor !== undefined, `task ${task} ran for ${runtimeMs} ms, too long`);
  const { stoppedFor } = seen;
  const { retriable, interrupted = false } = event;
  seen.lastEnd = { exitCode, signal, stoppedFor, final: retriable === false, interrupted };
  // Where it is tried again.
  seen.restsUntilMs = nowMs + expectedRestMs(seen.class.backoff, seen.attempts);
  const succeeded = hasSucceeded(seen.lastEnd);
  if (succeeded) runtimesMs.push(runtimeMs);
  const isPlaced = judge.pools[seen.class.pool]!.places !== undefined;
  if (!succeeded && isPlaced && stoppedFor !== "eviction") {
    seen.failedAt.add(judge.homes.get(seen.held.slot)!);
  }
  judge.delayMs = expectedDelayMs(judge.scenario.policy.delay, judge.delayMs, succeeded);
  leaveSlot(judge, task, nowMs);
}

/** A task has left its slot; the one behind it has begun. */
function leaveSlot(judge: Judge, task: number, nowMs: number): void {
  const seen = seenOf(judge, task);
  must(seen.held !== undefined, `task ${task} leaves a slot that it is not in`);
  const held = judge.slots.get(seen.held.slot)!;
  const wasFirst = held[0] === task;
  held.splice(held.indexOf(task), 1);
  seen.held = undefined;
  seen.askedBack = false;
  const next = held[0];
  if (!wasFirst || next === undefined) return;
  const begun = seenOf(judge, next);
  begun.held!.startMs = nowMs;
  // Too late to take it back.
  begun.askedBack = false;
}
