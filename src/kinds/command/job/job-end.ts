import { constants } from "node:os";
import { type ByteString, encodeText } from "../../../bytes/bytes.ts";
import type { JobSummary } from "../../../core/events.ts";
import { exitStatus } from "../../../core/summary.ts";
import { type Cut, type Tally, type Verdict, verdictOf } from "../../../core/verdict.ts";
import type { Failures } from "../../../driver/record/failures.ts";
import type { YonderError } from "../../../interface/errors.ts";
import { isTerminal } from "../../../output/descriptor.ts";
import type { LeftTasks } from "../../../output/summary.ts";
import { hadTrouble, hostsReport, type JobHosts } from "../hosts/job-hosts.ts";

/** GNU parallel's exit status after a signal that ended it. */
const INTERRUPTED = 255;
/** Of a job that has not had all of its input. */
const INPUT_LOST = 255;

export function tellReused(reused: number, summary: JobSummary, say: (message: ByteString) => void): void {
  const done = summary.succeeded + summary.failed + summary.timedOut;
  if (done > 0) say(`${reused} of ${done} reused from memo`);
}

/** Why a job ended before its time. */
export interface Stops {
  /** The number of the last signal that asked for it. */
  signal: number | undefined;
  /** Nobody reads our output any more. */
  closed: boolean;
  /** Output cannot be written. */
  failure: YonderError | undefined;
}

export interface JobEnd {
  /** For the record. */
  readonly verdict: Verdict;
  /** Of this process. */
  readonly exitCode: number;
}

export interface EndedJob {
  readonly summary: JobSummary;
  /** The outcomes of all runs. */
  readonly tally: Tally;
  readonly stops: Stops;
  /** Some of the input is not known any more. */
  readonly isInputLost: boolean;
  /** The exit status, where it is not the number of tasks that failed: --onall counts hosts, and sem has one task. */
  readonly decided: number | undefined;
  readonly isGnu: boolean;
}

/** Under the name parallel one SIGHUP gives the status of what has run, as it does there; the record tells all the same. */
export function jobEnd({ tally, stops, isInputLost, decided, isGnu, ...ended }: EndedJob): JobEnd {
  const summary = decided === undefined ? ended.summary : { ...ended.summary, haltStatus: decided };
  const cut = cutOf(stops, isInputLost);
  const verdict = verdictOf(tally, summary, cut);
  if (!isGnu || cut?.type !== "signal" || !verdict.cancelled) return { verdict, exitCode: verdict.exitCode };
  const isHangup = cut.signal === constants.signals.SIGHUP;
  return { verdict, exitCode: isHangup ? exitStatus(summary, tally) : INTERRUPTED };
}

function cutOf({ signal, closed, failure }: Stops, isInputLost: boolean): Cut | undefined {
  if (failure !== undefined) return { type: "error", exitCode: failure.exitCode };
  if (closed) return { type: "closed" };
  if (isInputLost) return { type: "error", exitCode: INPUT_LOST };
  return signal === undefined ? undefined : { type: "signal", signal };
}

/** Where something went wrong with one of them, or a person looks on. */
export function tellHosts(hosts: JobHosts, print: (lines: ByteString) => void): void {
  if (hadTrouble(hosts) || isTerminal(2)) print(encodeText(hostsReport(hosts)));
}

/** Of a job that was to go on, and had no task that could run. */
export function nothingLeft(
  { failed, timedOut, succeeded, skipped }: Tally,
  id: string,
  isInputLost = false,
): ByteString {
  const rest =
    failed + timedOut > 0
      ? `${failed + timedOut} failed: yonder resume --failed ${id}`
      : skipped > 0
        ? `${succeeded} succeeded, ${skipped} skipped`
        : `${isInputLost ? "" : "all "}${succeeded} succeeded`;
  return encodeText(`nothing left to run${isInputLost ? " of the input that is known" : ""}; ${rest}`);
}

/**
 * What has failed or has not run, and what to do.
 *
 * @param isLeftTold what has not run is told as well
 */
export function tellFailures(
  failures: Failures,
  { summary, tally, isLeftTold }: Pick<EndedJob, "summary" | "tally"> & { readonly isLeftTold: boolean },
  id: string,
  print: (lines: ByteString) => void,
): void {
  const commands =
    id === "" ? {} : { restCommand: `yonder resume ${id}`, againCommand: `yonder resume --failed ${id}` };
  const left = isLeftTold ? leftOf(summary) : undefined;
  const doneCount = tally.succeeded + tally.failed + tally.timedOut;
  const text = failures.text(
    { doneCount, ...(left && { left }), ...commands },
    () => process.stderr.columns || 100,
  );
  if (text !== "") print(text);
}

/** What was cancelled while it ran counts as well: the next run takes it up. */
function leftOf({ unfinished, cancelled, total, inputClosed }: JobSummary): LeftTasks | undefined {
  const count = unfinished + cancelled;
  if (!inputClosed) return { count, total: undefined };
  return count > 0 ? { count, total } : undefined;
}
