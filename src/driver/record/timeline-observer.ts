import { nowMs } from "../../clock.ts";
import { runningCount } from "../../core/state.ts";
import type { Timeline } from "../../output/timeline/timeline.ts";
import type { Driver } from "../driver.ts";
import type { JobObserver } from "../observers.ts";
import { waitingCount } from "../running.ts";

/** Writes attempts to a timeline as they end, and how many run and wait. */
export function timelineObserver(timeline: Timeline, driver: Driver): Partial<JobObserver> {
  const counts = (): { running: number; waiting: number } => {
    return { running: runningCount(driver.state), waiting: waitingCount(driver) };
  };
  return {
    ended(over, outcome) {
      const { attempt, end } = over;
      timeline.attempt({
        ...attempt.task.kind.slice(over, outcome),
        startMs: end.startMs,
        endMs: end.endMs,
        result: outcome?.type ?? "retried",
      });
      timeline.counts(nowMs(), counts);
    },
  };
}
