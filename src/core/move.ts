import { explain } from "./explain.ts";
import type { JobState } from "./state.ts";
import { setState, stateOf } from "./task-table.ts";
import { nextState, type TaskState, type Verb } from "./transitions.ts";

/** Takes a task through one row of the transition table. An illegal pair throws: the job cannot be trusted any more. */
export function move(state: JobState, task: number, verb: Verb): TaskState {
  const from = stateOf(state.table, task);
  const to = from === "forgotten" ? undefined : nextState(from, verb);
  if (to === undefined) throw impossibleEvent(state, task, `cannot ${verb} a task that is ${from}`);
  setState(state.table, task, to);
  return to;
}

/** An error with all that is known about a task. */
export function impossibleEvent(state: JobState, task: number, problem: string): Error {
  const explanation = JSON.stringify(explain(state, task));
  const job = `stop ${state.stop}, ${state.added} tasks added, now ${state.nowMs} ms`;
  return new Error(`task ${task}: ${problem}: ${explanation} (${job})`);
}
