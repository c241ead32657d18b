import { NO_OUTCOMES, type Tally } from "../../core/verdict.ts";
import type { OutcomeCounts, OutcomeRecord } from "../../journal/records.ts";
import type { ResumedJob } from "../../journal/resume.ts";
import { stderrTail } from "../../journal/stderr-tail.ts";
import type { FailedTask } from "../../output/summary.ts";
import type { EarlierFailures } from "./failures.ts";

/** What the runs before have left of a job: with what this run adds, it is the whole job. */
export interface Earlier {
  readonly tally: Tally;
  readonly failures: EarlierFailures;
  /** Logins of hosts where a task has failed. */
  readonly failedHosts: ReadonlySet<string>;
}

export function earlierOf(resumed: ResumedJob | undefined): Earlier {
  if (resumed === undefined) {
    return { tally: NO_OUTCOMES, failures: { count: 0, first: [] }, failedHosts: new Set() };
  }
  const { counts, failures } = resumed.summary;
  const tally = tallyOf(counts);
  return {
    tally,
    failures: {
      count: tally.failed + tally.timedOut,
      first: failures.map((record) => failedTask(resumed.directory, record)),
    },
    failedHosts: new Set(failures.map(({ host = ":" }) => host)),
  };
}

export function tallyOf({ "timed-out": timedOut, ...counts }: OutcomeCounts): Tally {
  return { ...counts, timedOut };
}

function failedTask(directory: string, record: OutcomeRecord): FailedTask {
  const { task: seq, command, exitCode, signal, outcome } = record;
  const timedOut = outcome === "timed-out";
  return {
    seq,
    command,
    exitCode,
    signal,
    timedOut,
    stderrTail: stderrTail(directory, record, 3).join("\n"),
  };
}
