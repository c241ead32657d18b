import { attemptEnded, attemptReturned, attemptSkipped, record } from "./attempts.ts";
import { classStateOf, createClass } from "./classes.ts";
import type { Effect, JobEvent } from "./events.ts";
import { anyInLine, firstLane } from "./lanes.ts";
import { backInLine, joinLine } from "./line.ts";
import { impossibleEvent, move } from "./move.ts";
import type { TaskClass } from "./policy.ts";
import { setTotals } from "./resources.ts";
import { endRests, nextRestEndMs } from "./retry.ts";
import { armTimer, schedule } from "./schedule.ts";
import { changeSlots, createSlots } from "./slots.ts";
import type { JobState, Slots } from "./state.ts";
import { cancelAll, cancelInSlot, evictYoungest, stopStarting, takeBackAll, takeBackFrom } from "./stop.ts";
import { summarize } from "./summary.ts";
import { attemptsOf, setClass, stateOf } from "./task-table.ts";
import { stopOverdue } from "./timeout.ts";

export { createJob } from "./create-job.ts";
export type { JobState } from "./state.ts";

/**
 * Tells the scheduler what has happened; returns what must be done about it, in that order.
 *
 * The same state and events always give the same effects. The state is changed in place; the array is the caller's. All
 * effects of one step are to be performed, in order, before the next step: what they cause at once (a template that says
 * skip(), an attempt taken back) waits in a queue until then. Otherwise slots would get their attempts out of order.
 */
export function step(state: JobState, event: JobEvent): readonly Effect[] {
  const effects: Effect[] = [];
  state.nowMs = Math.max(state.nowMs, event.nowMs);
  apply(state, event, effects);
  if (event.type === "attemptEnded" && event.isFollowed) return effects;
  stopOverdue(state, effects);
  endRests(state);
  schedule(state, effects);
  armTimer(state, effects);
  endJob(state, effects);
  return effects;
}

function apply(state: JobState, event: JobEvent, effects: Effect[]): void {
  switch (event.type) {
    case "attemptEnded":
      attemptEnded(state, event, effects);
      break;
    case "attemptReturned":
      attemptReturned(state, event.task, event.attempt, effects);
      break;
    case "attemptSkipped":
      attemptSkipped(state, event.task, effects);
      break;
    case "tasksAdded":
      addTasks(state, event);
      break;
    case "classAdded":
      addClass(state, event.class);
      break;
    case "unblocked":
      unblock(state, event.task);
      break;
    case "inputFailed":
      failInput(state, event.task, effects);
      break;
    case "doneElsewhere":
      endElsewhere(state, event, effects);
      break;
    case "inputClosed":
      state.inputClosed = true;
      break;
    case "slotsChanged":
      giveSlots(state, event, effects);
      break;
    case "resourcesChanged":
      setTotals(state.resources, event.totals);
      break;
    case "resumed":
      resume(state, event.from, event.to);
      break;
    case "gateChanged":
      changeGate(state, event.open, event.reason, effects);
      break;
    case "evictYoungest":
      evictYoungest(state, effects);
      break;
    case "timerFired":
      state.timerAtMs = Number.POSITIVE_INFINITY;
      break;
    case "drain":
      stopStarting(state, "drain", effects);
      break;
    case "cancel":
      if (event.task === undefined) cancelAll(state, "cancel", effects);
      else cancelTask(state, event.task, effects);
      break;
    default:
      event satisfies never;
  }
}

type EventOf<T extends JobEvent["type"]> = Extract<JobEvent, { type: T }>;

function giveSlots(state: JobState, event: EventOf<"slotsChanged">, effects: Effect[]): void {
  const slots = poolOf(state, event.pool ?? 0);
  changeSlots(slots, event);
  takeBackFrom(state, slots, true, effects);
}

function addClass(state: JobState, spec: TaskClass): void {
  const added = createClass(spec, poolOf(state, spec.pool));
  state.classes.push(added);
  state.turns.order.push(firstLane(added));
}

function poolOf({ pools, slotOf }: JobState, pool: number): Slots {
  while (pools.length <= pool) pools.push(createSlots(slotOf));
  return pools[pool]!;
}

function addTasks(state: JobState, event: EventOf<"tasksAdded">): void {
  const { count, class: classNumber = 0, blocked = false } = event;
  if (state.inputClosed) throw new Error(`${count} tasks were added after the input was closed`);
  const from = state.added + 1;
  state.added += count;
  const taskClass = state.classes[classNumber];
  if (taskClass === undefined) throw new Error(`there is no class ${classNumber}`);
  for (let task = from; classNumber > 0 && task <= state.added; task++)
    setClass(state.table, task, classNumber);
  if (blocked) block(state, from);
  else joinLine(taskClass.line, from, state.added);
  for (let task = state.added; state.resumedEarly > 0 && task >= from; task--) {
    const known = stateOf(state.table, task);
    if (known !== "resumed" && known !== "forgotten") continue;
    state.resumedEarly--;
    state.resumed++;
  }
}

/** Blocks the tasks from `from` on, but for those that were resumed before. */
function block(state: JobState, from: number): void {
  for (let task = from; task <= state.added; task++) {
    if (stateOf(state.table, task) !== "waiting") continue;
    move(state, task, "block");
    state.blocked++;
  }
}

function unblock(state: JobState, task: number): void {
  if (isTooLate(state, task)) return;
  move(state, task, "unblock");
  state.blocked--;
  backInLine(classStateOf(state, task).line, task);
}

function failInput(state: JobState, task: number, effects: Effect[]): void {
  if (isTooLate(state, task)) return;
  // Only a blocked one: `skip` is for tasks in slots too.
  if (stateOf(state.table, task) !== "blocked")
    throw impossibleEvent(state, task, "its input failed, and it is not blocked");
  move(state, task, "skip");
  state.blocked--;
  record(state, task, 0, { type: "skipped" }, effects);
}

function endElsewhere(
  state: JobState,
  { task, succeeded }: EventOf<"doneElsewhere">,
  effects: Effect[],
): void {
  if (isTooLate(state, task)) return;
  // Only a blocked one: the others are in slots.
  if (stateOf(state.table, task) !== "blocked")
    throw impossibleEvent(state, task, "it was done elsewhere, and is not blocked");
  move(state, task, succeeded ? "succeed" : "fail");
  state.blocked--;
  const outcome = succeeded
    ? ({ type: "succeeded" } as const)
    : ({ type: "failed", exitCode: 1, signal: 0 } as const);
  record(state, task, 1, outcome, effects);
}

/** The task was cancelled meanwhile, or the job has ended without it. */
function isTooLate(state: JobState, task: number): boolean {
  const known = stateOf(state.table, task);
  return state.ended || known === "cancelled" || known === "forgotten";
}

function resume(state: JobState, from: number, to: number): void {
  for (let task = from; task <= to; task++) {
    move(state, task, "resume");
    if (task <= state.added) state.resumed++;
    else state.resumedEarly++;
  }
}

function changeGate(state: JobState, open: boolean, reason: string, effects: Effect[]): void {
  if (open) {
    state.closedGates.delete(reason);
    if (state.permit === "asked" && state.closedGates.size === 0) state.permit = "granted";
  } else {
    state.closedGates.add(reason);
    // They would begin without asking.
    takeBackAll(state, effects);
  }
}

function cancelTask(state: JobState, task: number, effects: Effect[]): void {
  if (task > state.added) throw impossibleEvent(state, task, "cannot cancel a task that was not added");
  if (state.ended) return;
  const known = stateOf(state.table, task);
  if (known !== "waiting" && known !== "blocked") {
    cancelInSlot(state, task, "cancel", effects);
    return;
  }
  if (known === "blocked") state.blocked--;
  // Before the end of the last open task of a segment takes them away.
  const attempts = attemptsOf(state.table, task);
  move(state, task, "cancel");
  record(state, task, attempts, { type: "cancelled", by: "cancel", exitCode: 0, signal: 0 }, effects);
}

function endJob(state: JobState, effects: Effect[]): void {
  if (state.ended || state.slotOf.size > 0) return;
  const allEnded = state.inputClosed && state.blocked === 0 && !anyInLine(state) && !anyRests(state);
  if (state.stop === "no" && !allEnded) return;
  state.ended = true;
  effects.push({ type: "jobEnded", summary: summarize(state) });
}

function anyRests(state: JobState): boolean {
  return nextRestEndMs(state) < Number.POSITIVE_INFINITY;
}
