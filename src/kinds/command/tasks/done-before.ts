import type { ByteString } from "../../../bytes/bytes.ts";
import type { TaskArgs } from "../../../interface/task.ts";
import type { Options } from "../../../options/options.ts";
import { hasResults, parseResults } from "../../../output/results.ts";
import { readJoblog } from "../../../output/resume.ts";
import { hasReplacementString } from "../output/sink-options.ts";

/** --resume and --resume-failed leave out what the joblog has, or, without one, what has its --results. */
export function doneBefore(options: Options, names: readonly ByteString[]): (task: TaskArgs) => boolean {
  if (options.joblog !== undefined && (options.resume || options.resumeFailed)) {
    const earlier = readJoblog(options.joblog.path, options.ok);
    return ({ seq }) => (options.resumeFailed ? earlier.hasSucceeded(seq) : earlier.hasRun(seq));
  }
  if (options.results === undefined || !options.resume || hasReplacementString(options)) return () => false;
  const columnNames = names.some((name) => name !== "") ? names : undefined;
  const results = parseResults(options.results, false, columnNames);
  if (results.type === "table") return () => false;
  return (task) => hasResults(results, task);
}
