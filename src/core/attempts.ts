import { classStateOf, slotsOf } from "./classes.ts";
import { putOnClock, takeOffClock } from "./clock.ts";
import { adaptDelay } from "./delay.ts";
import type { Effect, JobEvent, Outcome } from "./events.ts";
import { countForHalt } from "./halt.ts";
import { lineOf, noteFailure } from "./lanes.ts";
import { backInLine, leaveLine } from "./line.ts";
import { addRuntime } from "./median.ts";
import { impossibleEvent, move } from "./move.ts";
import { holdFor, letGo } from "./resources.ts";
import { isRetried, tryAgain } from "./retry.ts";
import { addToSlot, removeFromSlot, taskIn } from "./slots.ts";
import type { ClassState, JobState } from "./state.ts";
import { cancelInSlot, signal } from "./stop.ts";
import { attemptsOf, setAttempts, stateOf } from "./task-table.ts";
import type { TaskState } from "./transitions.ts";
import type { Start } from "./turns.ts";

type AttemptEnded = Extract<JobEvent, { type: "attemptEnded" }>;

/** Gives the first task of a lane to a slot. */
export function startAttempt(state: JobState, { lane, task, slot }: Start, effects: Effect[]): void {
  const { table } = state;
  const taskClass = lane.of;
  const slots = slotsOf(state, taskClass);
  const ahead = slots.loads[slot]! > 0;
  const attempt = attemptsOf(table, task) + 1;
  leaveLine(lane.line);
  lane.awaited.clear();
  move(state, task, ahead ? "queue" : "start");
  setAttempts(table, task, attempt);
  addToSlot(slots, slot, task);
  if (ahead) state.queued++;
  else {
    holdFor(state.resources, slots, slot, taskClass);
    putOnClock(taskClass, slots, slot, state.nowMs);
  }
  state.lastStartMs = state.nowMs;
  effects.push({ type: "startAttempt", task, attempt, slot, ahead });
}

export function attemptEnded(state: JobState, event: AttemptEnded, effects: Effect[]): void {
  const { task, exitCode, signal } = event;
  if (isStale(state, task, event.attempt)) return;
  const slot = state.slotOf.get(task);
  if (slot === undefined) throw impossibleEvent(state, task, "an attempt has ended that is in no slot");
  const taskClass = classStateOf(state, task);
  const slots = slotsOf(state, taskClass);
  if (taskIn(slots, slot, 0) !== task)
    throw impossibleEvent(state, task, "an attempt has ended before its turn");
  const from = stateOf(state.table, task);
  const attempts = event.attempt;
  // Told to stop, it counts as stopped, whatever it made of the signal. Not for an eviction, which nobody asked for.
  const succeeded = exitCode === 0 && signal === 0 && (from === "running" || from === "evicting");
  if (succeeded && taskClass.runtimes !== undefined) {
    addRuntime(taskClass.runtimes, event.runtimeMs ?? state.nowMs - slots.startMs[slot]!);
  }
  adaptDelay(state, succeeded);
  leaveSlot(state, task, from, taskClass, effects);
  if (succeeded) {
    move(state, task, "succeed");
    record(state, task, attempts, { type: "succeeded" }, effects);
  } else if (from !== "cancelling" && goesOn(event, from, taskClass.spec.tries)) {
    move(state, task, "retry");
    // An eviction is not the place's fault.
    if (from !== "evicting") noteFailure(state, task, slots, slot);
    tryAgain(state, task, attempts);
  } else {
    const outcome = outcomeOf(move(state, task, "fail"), state.cancelledBy.get(task), exitCode, signal);
    record(state, task, attempts, outcome, effects);
  }
}

function goesOn(event: AttemptEnded, from: TaskState | "forgotten", tries: number): boolean {
  if (event.interrupted && (from === "running" || from === "timingOut")) return true;
  return event.retriable !== false && isRetried(tries, event.attempt);
}

/** An attempt that was queued ahead has come back: as if it had never been given out. */
export function attemptReturned(state: JobState, task: number, attempt: number, effects: Effect[]): void {
  if (isStale(state, task, attempt)) return;
  const from = stateOf(state.table, task);
  const taskClass = classStateOf(state, task);
  const to = move(state, task, "returned");
  leaveSlot(state, task, from, taskClass, effects);
  if (to === "cancelled") {
    const by = state.cancelledBy.get(task) ?? "cancel";
    record(state, task, attempt - 1, { type: "cancelled", by, exitCode: 0, signal: 0 }, effects);
    return;
  }
  setAttempts(state.table, task, attempt - 1);
  backInLine(lineOf(state, task), task);
}

export function attemptSkipped(state: JobState, task: number, effects: Effect[]): void {
  const from = stateOf(state.table, task);
  const attempts = attemptsOf(state.table, task) - 1;
  const taskClass = classStateOf(state, task);
  move(state, task, "skip");
  leaveSlot(state, task, from, taskClass, effects);
  record(state, task, attempts, { type: "skipped" }, effects);
}

/** Records the one outcome of a task: the transition that led here can be taken only once. */
export function record(
  state: JobState,
  task: number,
  attempts: number,
  outcome: Outcome,
  effects: Effect[],
): void {
  state.counts[outcome.type]++;
  state.cancelledBy.delete(task);
  if (state.failedAt.size > 0) state.failedAt.delete(task);
  effects.push({ type: "recordOutcome", task, attempts, outcome });
  countForHalt(state, task, outcome, effects);
}

/** Takes a task, which was in state `from`, out of its slot; where it was the first one, the next begins. */
function leaveSlot(
  state: JobState,
  task: number,
  from: TaskState | "forgotten",
  taskClass: ClassState,
  effects: Effect[],
): void {
  const slots = slotsOf(state, taskClass);
  const slot = state.slotOf.get(task)!;
  const wasFirst = taskIn(slots, slot, 0) === task;
  uncount(state, from);
  if (from === "running") takeOffClock(taskClass, slots, slot);
  removeFromSlot(slots, slot, task);
  if (slots.loads[slot] === 0) letGo(state.resources, slots, slot);
  else if (wasFirst) promote(state, taskIn(slots, slot, 0), slot, effects);
}

function promote(state: JobState, task: number, slot: number, effects: Effect[]): void {
  uncount(state, stateOf(state.table, task));
  const to = move(state, task, "promote");
  const taskClass = classStateOf(state, task);
  const slots = slotsOf(state, taskClass);
  slots.startMs[slot] = state.nowMs;
  if (to === "running") putOnClock(taskClass, slots, slot, state.nowMs);
  else signal(state, task, state.cancelledBy.get(task) ?? "cancel", effects);
  if (state.killsAll !== "no") cancelInSlot(state, task, state.killsAll, effects);
}

function uncount(state: JobState, from: TaskState | "forgotten"): void {
  if (from === "queued") state.queued--;
  else if (from === "returning" || from === "dropping") state.comingBack--;
}

/** An older attempt of the task: its message was overtaken. A newer one than was given out cannot be. */
function isStale(state: JobState, task: number, attempt: number): boolean {
  const current = attemptsOf(state.table, task);
  if (attempt > current && stateOf(state.table, task) !== "forgotten") {
    throw impossibleEvent(state, task, `attempt ${attempt} was never given out`);
  }
  return attempt < current;
}

function outcomeOf(
  ended: TaskState,
  by: "cancel" | "halt" | undefined,
  exitCode: number,
  signal: number,
): Outcome {
  switch (ended) {
    case "timedOut":
      return { type: "timedOut", exitCode, signal };
    case "cancelled":
      return { type: "cancelled", by: by ?? "eviction", exitCode, signal };
    default:
      return { type: "failed", exitCode, signal };
  }
}
