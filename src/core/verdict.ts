import type { JobSummary, Outcome } from "./events.ts";
import { exitStatus } from "./summary.ts";

/** How many tasks ended in which way. */
export type Tally = Readonly<Record<Outcome["type"], number>>;

export const NO_OUTCOMES: Tally = { succeeded: 0, failed: 0, timedOut: 0, cancelled: 0, skipped: 0 };

/** What ended a run before its time, other than its own policy. */
export type Cut =
  /** Somebody wanted it to end, by this signal or as if by it. */
  | { readonly type: "signal"; readonly signal: number }
  /** Nobody reads its output any more. */
  | { readonly type: "closed" }
  /** It could not go on, or not with all that it was asked for. */
  | { readonly type: "error"; readonly exitCode: number };

/** How a job ended, over all its runs: what is recorded of it, and told by its exit status. */
export interface Verdict {
  /** Never 0 where a task has failed, or where one has not run that somebody else than the policy has stopped. */
  readonly exitCode: number;
  /** Somebody ended it before its time. */
  readonly cancelled: boolean;
}

/** What a shell says of a program that a SIGPIPE has ended. */
const CLOSED = 141;

/** The outcomes of the runs before, and those of the last. */
export function wholeTally(before: Tally, last: Tally): Tally {
  return {
    succeeded: before.succeeded + last.succeeded,
    failed: before.failed + last.failed,
    timedOut: before.timedOut + last.timedOut,
    cancelled: before.cancelled + last.cancelled,
    skipped: before.skipped + last.skipped,
  };
}

/**
 * The one place where a job's end is judged.
 *
 * @param tally the outcomes of all runs
 * @param summary of the last run
 */
export function verdictOf(tally: Tally, summary: JobSummary, cut: Cut | undefined): Verdict {
  switch (cut?.type) {
    case "error":
      return { exitCode: cut.exitCode, cancelled: false };
    case "closed":
      return { exitCode: CLOSED, cancelled: true };
    case "signal":
      // One that came when there was nothing more to start has changed nothing.
      if (hasRunAll(summary) || summary.stopped === "halt") break;
      return { exitCode: 128 + cut.signal, cancelled: true };
    case undefined:
      break;
    default:
      cut satisfies never;
  }
  return { exitCode: exitStatus(summary, tally), cancelled: false };
}

/** There was no task for the last run, and nothing kept it from running one. */
export function hasRunNothing(summary: JobSummary): boolean {
  return hasRunAll(summary) && summary.total === summary.resumed;
}

function hasRunAll({ inputClosed, unfinished, cancelled }: JobSummary): boolean {
  return inputClosed && unfinished === 0 && cancelled === 0;
}
