import type { Driver } from "../../driver/driver.ts";
import type { JobObserver, Observers } from "../../driver/observers.ts";
import { timelineObserver } from "../../driver/record/timeline-observer.ts";
import type { Call, CallTask } from "../../kinds/function/call.ts";
import type { Moment, Timeline } from "../../output/timeline/timeline.ts";
import { openTimeline } from "../../output/timeline/timeline.ts";

/** Of a task with more inputs, arrows would only hide it. */
const FLOWS_MAX = 16;

/**
 * `connect({ trace })`: a timeline of the tasks, with arrows from results to the tasks that waited for them. The returned
 * function closes it.
 *
 * @throws YonderError OUTPUT where the file cannot be made
 */
export function traceTasks(
  path: string,
  driver: Driver<CallTask>,
  observers: Observers<CallTask>,
  onError: (error: Error) => void,
): () => void {
  const timeline = openTimeline(path, "yonder", Date.now(), onError);
  observers.add(timelineObserver(timeline, driver));
  observers.add(flows(timeline));
  return timeline.close;
}

function flows(timeline: Timeline): Partial<JobObserver<CallTask>> {
  /** From within the slices of those that some tasks waited for: at its very end a moment belongs to none. */
  const middles = new WeakMap<Call, Moment>();
  return {
    ended(over, outcome) {
      const { attempt, end } = over;
      const { task: call } = attempt;
      const { inputs = [] } = call;
      const isWaitedFor = outcome?.type === "succeeded" && call.dependents !== undefined;
      // An entry for each task would cost more than the tasks.
      if (!isWaitedFor && inputs.length === 0) return;
      const { group, slot } = call.kind.slice(over, outcome);
      if (isWaitedFor) middles.set(call, { group, slot, atMs: (end.startMs + end.endMs) / 2 });
      if (inputs.length > FLOWS_MAX) return;
      for (const input of inputs) {
        const from = middles.get(input);
        if (from !== undefined) timeline.flow(from, { group, slot, atMs: end.startMs });
      }
    },
  };
}
