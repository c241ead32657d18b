import type { JobEvent } from "../../src/core/events.ts";
import { allowsQueueAhead } from "../../src/core/policy.ts";
import { type Judge, must, seenOf } from "./judge.ts";
import { expectedDelayMs, expectedTimeoutMs, hasSucceeded } from "./twin.ts";

/** Timers of the simulation fire up to 30 ms late; the scheduler's median is up to 1 % too long. */
const LATE_MS_MAX = 31;
const MEDIAN_ERROR = 1.01;

export function seeEvent(judge: Judge, event: JobEvent): void {
  switch (event.type) {
    case "tasksAdded":
      // A job that was stopped has ended without them.
      if (judge.summary === undefined) judge.added += event.count;
      break;
    case "inputClosed":
      judge.inputClosed = true;
      break;
    case "slotsChanged":
      judge.slotCount = event.slots;
      judge.depth = allowsQueueAhead(judge.scenario.policy) ? event.depth : 1;
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
    case "evictYoungest":
    case "timerFired":
      break;
    // Jobs of commands know one class of tasks, and no dependencies.
    case "classAdded":
    case "unblocked":
    case "inputFailed":
    case "resourcesChanged":
      throw new Error(`the scenario has no ${event.type}`);
    default:
      event satisfies never;
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
  const { policy } = judge.scenario;
  const seen = seenOf(judge, task);
  must(seen.held !== undefined, `task ${task} has ended and is in no slot`);
  const runtimeMs = nowMs - seen.held.startMs;
  const overdue =
    runtimeMs > expectedTimeoutMs(policy.timeout, judge.runtimesMs) * MEDIAN_ERROR + LATE_MS_MAX;
  must(!overdue || seen.stoppedFor !== undefined, `task ${task} ran for ${runtimeMs} ms, too long`);
  seen.lastEnd = { exitCode, signal, stoppedFor: seen.stoppedFor };
  const succeeded = hasSucceeded(seen.lastEnd);
  if (succeeded) judge.runtimesMs.push(runtimeMs);
  judge.delayMs = expectedDelayMs(policy.delay, judge.delayMs, succeeded);
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
