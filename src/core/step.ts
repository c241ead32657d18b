import { attemptEnded, attemptReturned, attemptSkipped, record } from "./attempts.ts";
import type { Effect, JobEvent } from "./events.ts";
import { firstInLine } from "./line.ts";
import { brokenStory, move } from "./move.ts";
import { armTimer, schedule } from "./schedule.ts";
import { resizeSlots } from "./slots.ts";
import type { JobState } from "./state.ts";
import { cancelAll, cancelInSlot, evictYoungest, stopStarting, takeBackAll } from "./stop.ts";
import { summarize } from "./summary.ts";
import { attemptsOf, stateOf } from "./task-table.ts";
import { stopOverdue } from "./timeout.ts";

export { createJob, type JobState } from "./state.ts";

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
  stopOverdue(state, effects);
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
      addTasks(state, event.count);
      break;
    case "inputClosed":
      state.inputClosed = true;
      break;
    case "slotsChanged":
      resizeSlots(state.slots, event.slots, state.queueAhead ? event.depth : 1);
      takeBackAll(state, event.slots + 1, effects);
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

function addTasks(state: JobState, count: number): void {
  if (state.inputClosed) throw new Error(`${count} tasks were added after the input was closed`);
  const { line } = state;
  line.added += count;
  for (let task = line.added; state.resumedEarly > 0 && task > line.added - count; task--) {
    const known = stateOf(state.table, task);
    if (known !== "resumed" && known !== "forgotten") continue;
    state.resumedEarly--;
    state.resumed++;
  }
}

function resume(state: JobState, from: number, to: number): void {
  for (let task = from; task <= to; task++) {
    move(state, task, "resume");
    if (task <= state.line.added) state.resumed++;
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
    takeBackAll(state, 1, effects);
  }
}

function cancelTask(state: JobState, task: number, effects: Effect[]): void {
  if (task > state.line.added) throw brokenStory(state, task, "cannot cancel a task that was not added");
  if (stateOf(state.table, task) !== "waiting") {
    cancelInSlot(state, task, "cancel", effects);
    return;
  }
  move(state, task, "cancel");
  const attempts = attemptsOf(state.table, task);
  record(state, task, attempts, { type: "cancelled", by: "cancel", exitCode: 0, signal: 0 }, effects);
}

function endJob(state: JobState, effects: Effect[]): void {
  if (state.ended || state.slots.slotOf.size > 0) return;
  const allEnded = state.inputClosed && firstInLine(state.line, state.table) === 0;
  if (state.stop === "no" && !allEnded) return;
  state.ended = true;
  effects.push({ type: "jobEnded", summary: summarize(state) });
}
