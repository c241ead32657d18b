import { startAttempt } from "./attempts.ts";
import { anyInLine, type ClassState, classStateOf, slotsOf } from "./classes.ts";
import { delayedUntilMs } from "./delay.ts";
import type { Effect } from "./events.ts";
import { waitsForInput } from "./halt.ts";
import { firstInLine } from "./line.ts";
import { lackOf } from "./resources.ts";
import { nextRestEndMs } from "./retry.ts";
import { emptySlots, roomiestSlot } from "./slots.ts";
import type { JobState } from "./state.ts";
import { takeBack } from "./stop.ts";
import { stateOf } from "./task-table.ts";
import { nextDeadlineMs } from "./timeout.ts";

/** Starts what may start now. */
export function schedule(state: JobState, effects: Effect[]): void {
  if (state.stop !== "no" || state.closedGates.size > 0 || waitsForInput(state)) return;
  const turn = takeTurns(state);
  for (let next = turn(); next !== undefined; next = turn()) {
    if (delayedUntilMs(state) > state.nowMs || !hasPermit(state, effects)) return;
    startAttempt(state, next.task, next.slot, effects);
    state.permit = "none";
  }
  if (state.queued > 0) takeBackForEmptySlots(state, effects);
}

/** Sets the timer where it has to fire earlier than it would. One that fires too early does no harm. */
export function armTimer(state: JobState, effects: Effect[]): void {
  const wanted = Math.ceil(Math.min(nextDeadlineMs(state), nextDelayedStartMs(state), nextRestEndMs(state)));
  if (wanted >= state.timerAtMs) return;
  state.timerAtMs = wanted;
  effects.push({ type: "setTimer", atMs: wanted });
}

interface Start {
  readonly task: number;
  readonly slot: number;
}

/**
 * What starts next, each time it is asked: of the classes in order of priority and of their oldest tasks, the first that
 * finds a slot and what it needs. A class that lacks something holds back those after it that need the same, so that a
 * stream of small tasks never keeps a large one waiting for ever; what it does not need is free for the others.
 */
function takeTurns(state: JobState): () => Start | undefined {
  const [only] = state.classes;
  if (state.classes.length === 1)
    return () => startOf(state, only!, firstInLine(only!.line, state.table), none);
  const passedOver = new Set<ClassState>();
  const reserved = new Set<number>();
  return () => {
    for (
      let first = firstClass(state, passedOver);
      first !== undefined;
      first = firstClass(state, passedOver)
    ) {
      const start = startOf(state, first, firstInLine(first.line, state.table), reserved);
      if (start !== undefined) return start;
      passedOver.add(first);
      for (const need of first.spec.needs) {
        if (lackOf(state.resources, [need], none) !== undefined) reserved.add(need.resource);
      }
    }
    return undefined;
  };
}

const none: ReadonlySet<number> = new Set();

/** The class whose turn it is: the highest priority, then the task that was added first. */
function firstClass(state: JobState, passedOver: ReadonlySet<ClassState>): ClassState | undefined {
  let first: ClassState | undefined;
  let firstTask = 0;
  for (const one of state.classes) {
    const task = passedOver.has(one) ? 0 : firstInLine(one.line, state.table);
    if (task === 0) continue;
    const { priority } = one.spec;
    if (first && (priority < first.spec.priority || (priority === first.spec.priority && task > firstTask)))
      continue;
    first = one;
    firstTask = task;
  }
  return first;
}

/** Where the task could start; undefined where it cannot. */
function startOf(
  state: JobState,
  of: ClassState,
  task: number,
  reserved: ReadonlySet<number>,
): Start | undefined {
  const slots = slotsOf(state, of);
  const slot = task === 0 ? 0 : roomiestSlot(slots);
  if (slot === 0) return undefined;
  const { needs } = of.spec;
  const holder = slots.holders[slot];
  const fits =
    holder === undefined
      ? lackOf(state.resources, needs, reserved) === undefined
      : of.spec.queueAhead &&
        holder.needsKey === of.needsKey &&
        !needs.some(({ resource }) => reserved.has(resource));
  return fits ? { task, slot } : undefined;
}

function nextDelayedStartMs(state: JobState): number {
  const untilMs = delayedUntilMs(state);
  if (untilMs <= state.nowMs || state.stop !== "no" || state.closedGates.size > 0)
    return Number.POSITIVE_INFINITY;
  return takeTurns(state)() === undefined ? Number.POSITIVE_INFINITY : untilMs;
}

function hasPermit(state: JobState, effects: Effect[]): boolean {
  if (!state.policy.askBeforeStart || state.permit === "granted") return true;
  if (state.permit === "none") {
    state.permit = "asked";
    effects.push({ type: "checkGate" });
  }
  return false;
}

/** A task never stays queued behind a running one while a slot of its pool is empty and nobody else waits for that. */
function takeBackForEmptySlots(state: JobState, effects: Effect[]): void {
  for (const [pool, slots] of state.pools.entries()) {
    if (anyInLine(state, pool)) continue;
    for (let free = emptySlots(slots) - state.comingBack; free > 0; free--) {
      const task = lowestQueued(state, pool);
      if (task === 0) break;
      takeBack(state, task, effects);
    }
  }
}

/** 0 where none is queued. */
function lowestQueued(state: JobState, pool: number): number {
  if (state.queued === 0) return 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (const task of state.slotOf.keys()) {
    if (
      task < lowest &&
      stateOf(state.table, task) === "queued" &&
      classStateOf(state, task).spec.pool === pool
    )
      lowest = task;
  }
  return lowest === Number.POSITIVE_INFINITY ? 0 : lowest;
}
