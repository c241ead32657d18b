import { type ByteString, encodeText } from "../bytes/bytes.ts";
import type { JobSummary } from "../core/events.ts";
import { exitStatus } from "../core/summary.ts";
import type { YonderError } from "../interface/errors.ts";
import { isTerminal } from "../output/descriptor.ts";
import type { Failures } from "./failures.ts";
import type { JobHands } from "./hands.ts";
import { failedHosts, hadTrouble, hostsReport, type Members } from "./hosts/members.ts";
import type { Loop } from "./loop-types.ts";
import type { onStopSignals } from "./signals.ts";

/** GNU parallel's exit status after a signal that ended it. */
const INTERRUPTED = 255;
/** What a shell says of a program that a SIGPIPE has ended, as GNU parallel is. */
const CLOSED = 141;

export function tellReused(reused: number, summary: JobSummary, say: (message: ByteString) => void): void {
  const done = summary.succeeded + summary.failed + summary.timedOut;
  if (done > 0) say(`${reused} of ${done} reused from memo`);
}

/** Why a job ended before its time. */
export interface Stops {
  interrupted: boolean;
  /** Nobody reads our output any more. */
  closed: boolean;
  /** Output cannot be written. */
  failure: YonderError | undefined;
}

function plainStatus(summary: JobSummary, { interrupted, closed, failure }: Stops): number {
  if (failure !== undefined) return failure.exitCode;
  if (closed) return CLOSED;
  return interrupted && summary.stopped === "cancel" ? INTERRUPTED : exitStatus(summary);
}

/** --onall counts hosts, not their jobs. */
export function endStatus(summary: JobSummary, stops: Stops, hosts: Members | undefined): number {
  const plain = plainStatus(summary, stops);
  return hosts !== undefined && plain === exitStatus(summary) ? failedHosts(hosts) : plain;
}

/** Where something went wrong with one of them, or a person looks on. */
export function tellHosts(hosts: Members, print: (lines: ByteString) => void): void {
  if (hadTrouble(hosts) || isTerminal(2)) print(encodeText(hostsReport(hosts)));
}

export function tellFailures(
  failures: Failures,
  summary: JobSummary,
  id: string,
  print: (lines: ByteString) => void,
): void {
  const done = summary.succeeded + summary.failed + summary.timedOut;
  const again = id === "" ? {} : { againCommand: `yonder resume --failed ${id}` };
  const text = failures.text(done, again, () => process.stderr.columns || 100);
  if (text !== "") print(text);
}

export function stopRequests(
  loop: Loop,
  hands: JobHands,
  say: (message: ByteString) => void,
  stops: Stops,
): Parameters<typeof onStopSignals>[0] {
  return {
    drain() {
      stops.interrupted = true;
      loop.drain();
      const running = [...hands.running()];
      if (running.length === 0) return;
      say(
        encodeText(
          `No new jobs will be started. Waiting for these ${running.length} jobs to finish; once more to stop now.`,
        ),
      );
      for (const command of running) say(command);
    },
    cancel() {
      stops.interrupted = true;
      loop.cancel();
    },
    list() {
      for (const command of hands.running()) say(command);
    },
  };
}
