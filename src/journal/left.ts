import type { JobView } from "./job-view.ts";
import type { FinishedRecord } from "./records.ts";

/**
 * How a job ended that has nothing left to run or to show; undefined of any other. What it read may be gone by now, and it has
 * its outcomes all the same.
 *
 * @param again the failed tasks, or these, are to run once more
 */
export function endOf(
  { summary }: JobView,
  again: "failed" | readonly number[] | undefined,
): FinishedRecord | undefined {
  const { finished, totalTasks, done, counts, failed, announced, shown, damaged } = summary;
  if (finished === undefined || finished.cancelled || totalTasks !== done.size || damaged.length > 0)
    return undefined;
  const runsAgain = again === "failed" ? failed.size > 0 : (again ?? []).some((task) => failed.has(task));
  if (runsAgain || counts.cancelled > 0 || announced !== shown) return undefined;
  // A status that tasks do not account for is that of an error on the way.
  const isExplained = finished.exitCode === 0 || failed.size + counts.skipped > 0;
  return isExplained ? finished : undefined;
}
