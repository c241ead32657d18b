import { exitStatus } from "../../src/core/summary.ts";
import { type Judge, must } from "./judge.ts";
import { expectedStatus } from "./twin.ts";

/** Between two steps: nothing is left undone. */
export function seeRest(judge: Judge): void {
  checkHeld(judge);
  if (!judge.stopped && !judge.summary && mayStart(judge)) checkIdle(judge);
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
    for (const [place, task] of held.entries()) {
      const seen = judge.tasks.get(task)!;
      const unwanted = judge.killed || seen.cancelAsked;
      if (place === 0) must(!unwanted || seen.stoppedFor !== undefined, `task ${task} runs on`);
      else {
        const mayBegin =
          !unwanted && !judge.stopped && slot <= judge.slotCount && judge.closedGates.size === 0;
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

/** No slot is empty while a task waits, in line or behind another. */
function checkIdle(judge: Judge): void {
  let empty = 0;
  for (let slot = 1; slot <= judge.slotCount; slot++) if (!judge.slots.get(slot)?.length) empty++;
  if (empty === 0) return;
  let askedBack = 0;
  let behind = 0;
  for (const [task, seen] of judge.tasks) {
    if (seen.held === undefined) continue;
    if (seen.askedBack) askedBack++;
    else if (judge.slots.get(seen.held.slot)![0] !== task) behind++;
  }
  must(behind === 0 || askedBack >= empty, "a task waits behind another while a slot is empty");
  for (let task = 1; task <= judge.added; task++) {
    const seen = judge.tasks.get(task);
    const waits = !judge.resumed.has(task) && (!seen || (!seen.held && !seen.outcome));
    must(!waits, `task ${task} waits while a slot is empty`);
  }
}
