import type { Options } from "../../../options/options.ts";
import { DEPTH_MAX } from "./ahead-depth.ts";
import { FILES_PER_FEED } from "./room.ts";

/**
 * Whether slots may hold attempts behind the one that runs. Taking one back needs output files that are its own alone,
 * so not where jobs write to our standard output, or to the same --results at each try; and what is shown when a job
 * starts must not be shown for one that comes back. With --pipe each has a FIFO open.
 *
 * @param files descriptors that we may open
 */
export function mayQueueAhead(options: Options, slots: number, files: number): boolean {
  return (
    (!options.pipe || slots * DEPTH_MAX * FILES_PER_FEED < files) &&
    options.grouping === "group" &&
    options.results === undefined &&
    !options.latestLine &&
    !options.printOnStderr &&
    !options.dryRun &&
    options.workdir !== "..." &&
    options.transferfile.length + options.return.length + options.basefile.length === 0 &&
    !options.interactive
  );
}
