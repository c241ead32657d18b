import type { Effect, Outcome } from "../../src/core/events.ts";
import type { ResourceNeed } from "../../src/core/policy.ts";
import { type Judge, must, runtimesOf, type Seen, seenOf, slotKey } from "./judge.ts";
import { seeTurn } from "./judge-order.ts";
import { emptySlotsFor, openPlace, type Waiter, waiterOf } from "./judge-places.ts";
import { expectedOutcome, expectedTimeoutMs } from "./twin.ts";

type Start = Extract<Effect, { type: "startAttempt" }>;

export function seeEffect(judge: Judge, effect: Effect, nowMs: number): void {
  must(judge.summary === undefined || effect.type === "setTimer", `${effect.type} after the end of the job`);
  switch (effect.type) {
    case "startAttempt":
      seeStart(judge, effect, nowMs);
      break;
    case "signalAttempt":
      seeSignal(judge, effect.task, effect.attempt, effect.why, nowMs);
      break;
    case "returnAttempt":
      seeReturn(judge, effect.task, effect.attempt);
      break;
    case "recordOutcome":
      seeOutcome(judge, effect.task, effect.outcome, effect.attempts);
      break;
    case "haltCounted":
      if (!effect.triggered) break;
      judge.stopped = true;
      if (judge.scenario.policy.halt.when === "now") judge.killed = true;
      break;
    case "jobEnded":
      judge.summary = effect.summary;
      break;
    case "checkGate":
      must(judge.permit === "none", "a second question before the first was answered");
      judge.permit = "asked";
      break;
    case "setTimer":
      break;
    default:
      effect satisfies never;
  }
}

function seeStart(judge: Judge, { task, attempt, slot, ahead }: Start, nowMs: number): void {
  const seen = seenOf(judge, task);
  const story = `start of task ${task}`;
  must(task >= 1 && task <= judge.added, `${story}, which was not added`);
  must(!judge.resumed.has(task), `${story}, which was resumed`);
  must(!seen.outcome, `${story}, which has an outcome`);
  must(!seen.held, `${story}, which is in a slot`);
  must(attempt === seen.attempts + 1, `${story}: attempt ${attempt} after ${seen.attempts}`);
  must(!seen.blocked, `${story}, which waits for others`);
  must(!seen.lastEnd?.final, `${story}, whose last attempt said that no other will do`);
  must(nowMs >= seen.restsUntilMs, `${story} before it has rested`);
  checkPolicy(judge, story, seen, attempt, nowMs);
  const key = slotKey(seen.class.pool, slot);
  const held = judge.slots.get(key) ?? [];
  must(ahead === held.length > 0, `${story}: ahead is wrong`);
  if (ahead) checkAhead(judge, story, task, held[0]!);
  seeTurn(judge, waiterOf(judge, task), slot, ahead, nowMs);
  judge.lastStartMs = nowMs;
  judge.permit = "none";
  seen.attempts = attempt;
  seen.again = true;
  seen.stoppedFor = undefined;
  seen.held = { attempt, slot: key, startMs: nowMs };
  held.push(task);
  judge.slots.set(key, held);
}

function checkPolicy(judge: Judge, story: string, seen: Seen, attempt: number, nowMs: number): void {
  const { policy } = judge.scenario;
  must(!judge.stopped, `${story} after the job was stopped`);
  must(judge.closedGates.size === 0, `${story} through a closed gate`);
  const { tries } = seen.class;
  const mayTry = tries === 0 || attempt <= tries || seen.lastEnd?.interrupted;
  must(mayTry === true, `${story}: attempt ${attempt} of ${tries}`);
  must(!policy.askBeforeStart || judge.permit === "granted", `${story} without asking`);
  must(nowMs >= judge.lastStartMs + judge.delayMs, `${story} before the delay is over`);
}

/** It goes by what the first task of the slot holds. */
function checkAhead(judge: Judge, story: string, task: number, first: number): void {
  const { queueAhead, needs } = seenOf(judge, task).class;
  must(queueAhead, `${story} behind another`);
  const held = seenOf(judge, first).class.needs;
  const same = needs.length === held.length && needs.every((need, at) => isSame(need, held[at]!));
  must(same, `${story} behind task ${first}, which needs something else`);
}

function isSame(one: ResourceNeed, other: ResourceNeed): boolean {
  return one.resource === other.resource && one.amount === other.amount;
}

function seeSignal(judge: Judge, task: number, attempt: number, why: string, nowMs: number): void {
  const seen = seenOf(judge, task);
  must(
    seen.held?.attempt === attempt,
    `a signal for attempt ${attempt} of task ${task}, which is in no slot`,
  );
  // In one step, the end of the attempt ahead of it is seen first.
  must(judge.slots.get(seen.held.slot)![0] === task, `a signal for task ${task}, which is only queued`);
  must(seen.stoppedFor === undefined, `a second signal for task ${task}`);
  seen.stoppedFor = why;
  if (why !== "timeout") return;
  const limitMs = expectedTimeoutMs(seen.class.timeout, runtimesOf(judge, seen.class));
  must(nowMs >= seen.held.startMs + limitMs, `task ${task} has timed out too early`);
}

function seeReturn(judge: Judge, task: number, attempt: number): void {
  const seen = seenOf(judge, task);
  must(seen.held?.attempt === attempt, `task ${task} is asked back, and is in no slot`);
  must(judge.slots.get(seen.held.slot)?.[0] !== task, `task ${task} is asked back, and runs`);
  must(!seen.askedBack, `task ${task} is asked back twice`);
  const slot = seen.held.slot.split(".").map(Number);
  const mayBegin = !judge.stopped && !seen.cancelAsked && judge.closedGates.size === 0;
  if (mayBegin && openPlace(judge, slot[0]!, slot[1]!) !== 0) checkTakeBack(judge, waiterOf(judge, task));
  seen.askedBack = true;
}

/** It comes back for an empty slot, of which there is one more than come back already that may take the same ones. */
function checkTakeBack(judge: Judge, waiter: Waiter): void {
  const empty = emptySlotsFor(judge, waiter);
  let takers = 0;
  for (const [task, { askedBack, class: of }] of judge.tasks) {
    if (!askedBack || of.pool !== waiter.of.pool) continue;
    const theirs = emptySlotsFor(judge, waiterOf(judge, task));
    if (theirs.join() === empty.join()) takers++;
  }
  must(takers < empty.length, `task ${waiter.task} is asked back, and no empty slot is left for it`);
}

function seeOutcome(judge: Judge, task: number, outcome: Outcome, attempts: number): void {
  const seen = seenOf(judge, task);
  must(!seen.outcome, `a second outcome of task ${task}`);
  must(!seen.held, `an outcome of task ${task}, which is in a slot`);
  must(!judge.resumed.has(task) && task <= judge.added, `an outcome of task ${task}, which is not ours`);
  must(attempts === seen.attempts, `task ${task} had ${seen.attempts} attempts, not ${attempts}`);
  const expected = expectedOutcome(seen);
  must(outcome.type === expected, `task ${task} has ${outcome.type}, not ${expected}`);
  seen.outcome = outcome;
  judge.order.push({ task, outcome });
}
