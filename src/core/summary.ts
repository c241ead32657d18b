import type { JobSummary } from "./events.ts";
import { plainStatus } from "./halt.ts";
import { type JobState, unsuccessful } from "./state.ts";

export function summarize(state: JobState): JobSummary {
  const { counts, resumed } = state;
  const total = state.added;
  return {
    total,
    ...counts,
    resumed,
    unfinished: total - resumed - counts.succeeded - unsuccessful(counts),
    inputClosed: state.inputClosed,
    stopped: state.stop,
    halt: state.policy.halt,
    haltStatus: state.haltStatus,
  };
}

/**
 * The exit status of the command line: the number of tasks that did not succeed, skipped ones included, and 101 for more than
 * 100; or what --halt makes of it (halt.ts). Unfinished tasks do not count: what they are worth, verdict.ts says.
 *
 * @param tally of all runs of the job, where this is not the first
 */
export function exitStatus(summary: JobSummary, tally: JobState["counts"] = summary): number {
  return summary.haltStatus ?? plainStatus(summary.halt, unsuccessful(tally), summary.total);
}
