import { startAttempt } from "./attempts.ts";
import { type ClassState, classStateOf, mayJoin, slotsOf } from "./classes.ts";
import { delayedUntilMs } from "./delay.ts";
import type { Effect } from "./events.ts";
import { waitsForInput } from "./halt.ts";
import { firstInLine } from "./line.ts";
import { impossibleNeed, lacks } from "./resources.ts";
import { nextRestEndMs } from "./retry.ts";
import { emptySlots, roomiestSlot } from "./slots.ts";
import type { JobState } from "./state.ts";
import { takeBack } from "./stop.ts";
import { stateOf } from "./task-table.ts";
import { nextDeadlineMs } from "./timeout.ts";

/** Starts what may start now. */
export function schedule(state: JobState, effects: Effect[]): void {
  if (state.stop !== "no" || state.closedGates.size > 0 || waitsForInput(state)) return;
  const held = holdNothing();
  for (let next = nextStart(state, held); next !== undefined; next = nextStart(state, held)) {
    if (delayedUntilMs(state) > state.nowMs || !hasPermit(state, effects)) return;
    startAttempt(state, next.task, next.slot, effects);
    state.permit = "none";
  }
  if (state.queued > 0) takeBackForEmptySlots(state, held, effects);
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

/** The classes that were passed over in this step, and what they keep from those after them. */
interface HeldBack {
  readonly classes: Set<ClassState>;
  /** How much of each resource. */
  readonly amounts: number[];
  /** Pools in which nothing is queued ahead: a slot would never become empty. */
  readonly pools: Set<number>;
}

function holdNothing(): HeldBack {
  return { classes: new Set(), amounts: [], pools: new Set() };
}

/**
 * What starts next: of the classes in order of priority and of their first tasks, the first that finds a slot and what it
 * needs. From then on where a class has found a slot empty and something lacking, so much of that is kept for it until one of its tasks starts;
 * nor is anything queued ahead of a class that waits for a slot. So a stream of small tasks never keeps a large one
 * waiting for ever; what it does not need is free for the others.
 */
function nextStart(state: JobState, held: HeldBack): Start | undefined {
  for (;;) {
    const first = firstClass(state, held);
    if (first === undefined) return undefined;
    const task = firstInLine(first.line, state.table);
    const slot = slotFor(state, first, held);
    if (slot !== 0) return { task, slot };
    passOver(state, first, held);
  }
}

/** The class whose turn it is: the highest priority, then the task that was added first. */
function firstClass(state: JobState, { classes }: HeldBack): ClassState | undefined {
  let first: ClassState | undefined;
  let firstTask = 0;
  for (const one of state.classes) {
    const task = classes.has(one) ? 0 : firstInLine(one.line, state.table);
    if (task === 0) continue;
    const { priority } = one.spec;
    if (first && (priority < first.spec.priority || (priority === first.spec.priority && task > firstTask)))
      continue;
    first = one;
    firstTask = task;
  }
  return first;
}

/** Where a task of the class could start; 0 for nowhere. */
function slotFor(state: JobState, of: ClassState, held: HeldBack): number {
  const slots = slotsOf(state, of);
  const slot = roomiestSlot(slots);
  if (slot === 0 || !mayJoin(of, slots, slot)) return 0;
  const { needs, pool } = of.spec;
  if (slots.loads[slot]! > 0) {
    const isHeld = held.pools.has(pool) || needs.some(({ resource }) => held.amounts[resource]);
    return isHeld ? 0 : slot;
  }
  let fits = true;
  for (const need of needs) {
    if (!lacks(state.resources, need, held.amounts[need.resource])) continue;
    of.awaited.add(need);
    fits = false;
  }
  return fits ? slot : 0;
}

function passOver(state: JobState, of: ClassState, held: HeldBack): void {
  held.classes.add(of);
  const { needs, pool } = of.spec;
  // Nothing is kept for a class that will not start however long the others wait.
  if (slotsOf(state, of).count === 0 || impossibleNeed(state.resources, needs) !== undefined) return;
  held.pools.add(pool);
  for (const { resource, amount } of of.awaited) {
    held.amounts[resource] = (held.amounts[resource] ?? 0) + amount;
  }
}

function nextDelayedStartMs(state: JobState): number {
  const untilMs = delayedUntilMs(state);
  if (untilMs <= state.nowMs || state.stop !== "no" || state.closedGates.size > 0)
    return Number.POSITIVE_INFINITY;
  return nextStart(state, holdNothing()) === undefined ? Number.POSITIVE_INFINITY : untilMs;
}

function hasPermit(state: JobState, effects: Effect[]): boolean {
  if (!state.policy.askBeforeStart || state.permit === "granted") return true;
  if (state.permit === "none") {
    state.permit = "asked";
    effects.push({ type: "checkGate" });
  }
  return false;
}

/** A task never stays queued behind a running one while a slot of its pool is empty in which it could start. */
function takeBackForEmptySlots(state: JobState, held: HeldBack, effects: Effect[]): void {
  for (const [pool, slots] of state.pools.entries()) {
    for (let free = emptySlots(slots) - state.comingBack; free > 0; free--) {
      const task = lowestQueued(state, pool, held);
      if (task === 0) break;
      takeBack(state, task, effects);
    }
  }
}

/** Of those that could start in an empty slot; 0 where there is none. */
function lowestQueued(state: JobState, pool: number, { amounts }: HeldBack): number {
  if (state.queued === 0) return 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (const task of state.slotOf.keys()) {
    if (task >= lowest || stateOf(state.table, task) !== "queued") continue;
    const { spec } = classStateOf(state, task);
    if (spec.pool !== pool) continue;
    const fits = !spec.needs.some((need) => lacks(state.resources, need, amounts[need.resource]));
    if (fits) lowest = task;
  }
  return lowest === Number.POSITIVE_INFINITY ? 0 : lowest;
}
