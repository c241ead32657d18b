import type { JobView } from "../../journal/job-view.ts";
import { countsText, doneCount, duration } from "./format.ts";

/** Why a job is where it is, a sentence each. */
export function jobReasons(view: JobView, nowMs: number): string[] {
  const { state, summary } = view;
  const done = `${doneCount(summary.counts)} tasks done: ${countsText(summary.counts)}`;
  if (state === "running") return [done, ...busyReasons(view), ...restReasons(view, nowMs)];
  if (state === "interrupted") {
    const isCut = summary.totalTasks === undefined && !view.request.sdk;
    const input = isCut ? ["its input had not been read to the end"] : [];
    return [done, "its driver is gone without an end", ...input, goOn(view)];
  }
  if (view.request.sdk) return [done];
  const exit = `exit status ${summary.finished?.exitCode ?? 0}`;
  const again =
    summary.failed.size > 0 ? [`run the failed ones again with: yonder resume --failed ${view.id}`] : [];
  return [done, exit, ...again];
}

function goOn({ id, request }: JobView): string {
  return request.sdk ? "run the program again" : `go on with: yonder resume ${id}`;
}

/** Why a task has not begun. */
export function waitingReasons(view: JobView, task: number, nowMs: number): string[] {
  const { state } = view;
  if (state === "interrupted" || state === "cancelled") {
    return [`the job is ${state}; ${goOn(view)}`];
  }
  if (state !== "running") return ["the job ended before its turn came (--halt, or an end by a signal)"];
  const ahead = aheadOf(view, task);
  const place = ahead === 0 ? "it is next in line" : `${ahead} tasks are before it in line`;
  return [place, ...busyReasons(view), ...restReasons(view, nowMs)];
}

/** Tasks before this one that have neither ended nor begun. */
function aheadOf({ summary, status }: JobView, task: number): number {
  let ahead = task - 1;
  for (const done of summary.done.values()) {
    if (done >= task) break;
    ahead--;
  }
  return ahead - (status?.running.filter((attempt) => attempt.task < task).length ?? 0);
}

function busyReasons({ status }: JobView): string[] {
  if (status === undefined) return ["its driver has not yet said what it does"];
  const { running, slots, reason } = status;
  if (reason !== undefined)
    return [`${running.length} of ${slots} slots are busy; nothing more starts: ${reason}`];
  return [
    running.length < slots ? `${running.length} of ${slots} slots are busy` : `all ${slots} slots are busy`,
  ];
}

function restReasons({ summary, request }: JobView, nowMs: number): string[] {
  const done = doneCount(summary.counts);
  if (summary.totalTasks === undefined || done === 0) return [];
  const left = summary.totalTasks - done;
  return [
    `at the rate so far, the ${left} left take ${duration(((nowMs - request.startedMs) / done) * left)}`,
  ];
}
