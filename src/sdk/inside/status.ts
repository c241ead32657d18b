import type { ByteString } from "../../bytes/bytes.ts";
import { slotsOf } from "../../core/classes.ts";
import { runningCount } from "../../core/state.ts";
import { stateOf } from "../../core/task-table.ts";
import type { JobStatus, RunningAttempt } from "../../journal/status.ts";
import type { Call } from "../call.ts";
import type { Session } from "../session.ts";
import { callCommand } from "./preview.ts";

/** So many of the tasks that run are told; of those that only wait, thousands can. */
const RUNNING_MAX = 1000;

/** What runs and waits now. Costs as much as slots are busy, whatever waits. */
export function statusOf(session: Session, peakMemoryOf: (call: Call) => number | undefined): JobStatus {
  const { state } = session;
  return {
    slots: slotCount(session),
    running: [...runningCalls(session)].slice(0, RUNNING_MAX).map((running) => {
      return attemptOf(running, peakMemoryOf(running.call));
    }),
    waiting: session.open.size - runningCount(state),
  };
}

export function slotCount({ state }: Session): number {
  return state.pools[0]!.count;
}

export interface RunningCall {
  readonly call: Call;
  readonly slot: number;
  /** When it became the task of its slot. */
  readonly startMs: number;
}

/** Those that run, in no order; not those that are queued behind them. */
export function* runningCalls({ state, open }: Session): Generator<RunningCall> {
  for (const [task, slot] of state.slotOf) {
    const call = open.get(task);
    if (call === undefined || stateOf(state.table, task) === "queued") continue;
    yield { call, slot, startMs: slotsOf(state, state.classes[call.class]!).startMs[slot] ?? call.startMs };
  }
}

/** The one that has been running longest. */
export function slowestCall(session: Session): { command: ByteString; startMs: number } | undefined {
  let slowest: RunningCall | undefined;
  for (const one of runningCalls(session)) if (!(slowest && slowest.startMs <= one.startMs)) slowest = one;
  return slowest && { command: callCommand(slowest.call), startMs: slowest.startMs };
}

function attemptOf(
  { call, slot, startMs }: RunningCall,
  peakMemoryBytes: number | undefined,
): RunningAttempt {
  const peak = peakMemoryBytes === undefined ? {} : { peakMemoryBytes };
  return { task: call.task, attempt: call.attempt, slot, startMs, command: callCommand(call), ...peak };
}
