import { explain, type WaitReason } from "../../core/explain.ts";
import type { JobState } from "../../core/step.ts";
import { stateOf } from "../../core/task-table.ts";
import type { Call, CallMemo } from "../../kinds/function/call.ts";
import { isOver } from "../../kinds/function/call.ts";
import { callText, shortError } from "../../kinds/function/call-text.ts";
import { PROCESSES, WAITERS } from "../../kinds/function/task-class.ts";
import type { Session } from "../session.ts";
import type { TaskExplanation } from "./explanation.ts";

/** @param resources the names of what the scheduler counts */
export function explainCall(session: Session, resources: readonly string[], call: Call): TaskExplanation {
  const explained = placeOf(session, resources, call);
  return call.memo === undefined
    ? explained
    : { ...explained, reasons: [...explained.reasons, memoText(call.memo)] };
}

function memoText({ reused, reasons }: CallMemo): string {
  return reused
    ? "it was reused: an earlier success had the same key"
    : `it was not reused: ${reasons.join(", ")}`;
}

function placeOf(session: Session, resources: readonly string[], call: Call): TaskExplanation {
  const { seq: task, attempt } = call;
  const base = { task, call: callText(call), attempt, waitsFor: [] };
  if (isOver(call)) {
    const reasons = call.error === undefined ? [] : [shortError(call.error)];
    return { ...base, state: call.state, reasons };
  }
  if (call.missing > 0) return { ...base, state: "blocked", ...inputsOf(call) };
  if (task > session.driver.state.added) {
    return { ...base, state: "waiting", reasons: ["it has only just been added"] };
  }
  if (call.doer !== undefined) {
    const reasons = call.state === "running" ? [] : [call.doer.waits];
    return { ...base, state: call.state === "running" ? "running" : "waiting", reasons };
  }
  const { state, slot, startMs, attempts, waitsFor } = explain(session.driver.state, task);
  if (state === "queued" || state === "returning" || state === "dropping") {
    return {
      ...base,
      state: "waiting",
      reasons: [`it is next in slot ${slot}, behind the task that runs there`],
    };
  }
  if (waitsFor === undefined) {
    const ending = { timingOut: "it has run out of time", cancelling: "it was cancelled" }[state as string];
    const reasons = ending === undefined ? [] : [`${ending}, and has not ended yet`];
    return {
      ...base,
      state: "running",
      attempt: attempts,
      ...(slot !== undefined && { slot }),
      ...(startMs !== undefined && { startedMs: startMs }),
      reasons,
    };
  }
  const ahead = aheadOf(session, task);
  const place =
    ahead === 0
      ? "it is next in line"
      : `${ahead} ${ahead === 1 ? "task is" : "tasks are"} before it in line`;
  return { ...base, state: "waiting", reasons: [place, ...waitText(session, resources, call, waitsFor)] };
}

const INPUTS_SHOWN = 5;

function inputsOf(call: Call): Pick<TaskExplanation, "reasons" | "waitsFor"> {
  const missing = call.inputs!.filter((input) => !isOver(input));
  const tasks = missing.filter(({ seq: task }) => task > 0);
  const reasons = tasks.slice(0, INPUTS_SHOWN).map((input) => {
    return `it waits for task ${input.seq}, ${callText(input)}, which is ${input.state}`;
  });
  if (tasks.length > INPUTS_SHOWN) reasons.push(`and for ${tasks.length - INPUTS_SHOWN} more tasks`);
  // What is no task and not there yet is the function.
  if (missing.length > tasks.length) reasons.push("its function is being looked up in its module");
  return { reasons, waitsFor: tasks.map(({ seq: task }) => task) };
}

function waitText(
  { driver: { state, open } }: Session,
  resources: readonly string[],
  call: Call,
  reason: WaitReason,
): string[] {
  switch (reason.type) {
    case "nothing":
      return ["it starts next"];
    case "stopped":
      return ["the job starts nothing more"];
    case "closed":
      return ["it may run in no slot that is open"];
    case "elsewhere":
      return ["it failed where it was, and waits for another place"];
    case "slot":
      return [`all ${reason.slots} ${slotsName(state.classes[call.class]!.spec.pool)} are busy`];
    case "resource": {
      const { resource, amount } = reason.need;
      const name = resources[resource] ?? `of resource ${resource}`;
      const total = state.resources.totals[resource] ?? 0;
      return [
        `it needs ${amount} ${name}, and ${reason.free} of ${total} are free`,
        ...holdersText(state, open, resource),
      ];
    }
    case "backoff":
      return [`it failed, and is tried again in ${Math.max(0, Math.round(reason.untilMs - Date.now()))} ms`];
    case "gate":
    case "input":
    case "check":
    case "delay":
      return [`it is held back: ${reason.type}`];
    default:
      return reason satisfies never;
  }
}

/** Who has what is missing. */
function holdersText(state: JobState, open: Session["driver"]["open"], resource: number): string[] {
  const holders: string[] = [];
  for (const task of state.slotOf.keys()) {
    const call = open.get(task);
    if (call === undefined || stateOf(state.table, task) === "queued") continue;
    const need = state.classes[call.class]!.spec.needs.find((one) => one.resource === resource);
    if (need !== undefined) holders.push(`task ${task}, ${callText(call)}, has ${need.amount} of them`);
  }
  const more = holders.length - INPUTS_SHOWN;
  return more > 0 ? [...holders.slice(0, INPUTS_SHOWN), `and ${more} more tasks have some`] : holders;
}

function slotsName(pool: number): string {
  if (pool === PROCESSES) return "processes";
  return pool === WAITERS ? "places for tasks that wait" : "threads";
}

/** Tasks before this one that could start. */
function aheadOf({ driver: { open, state } }: Session, task: number): number {
  let ahead = 0;
  for (const call of open.values()) {
    if (call.seq >= task) break;
    if (call.missing === 0 && !state.slotOf.has(call.seq)) ahead++;
  }
  return ahead;
}
