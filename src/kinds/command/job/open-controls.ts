import { type Gates, openGates } from "../../../driver/gates/gates.ts";
import { pollSink } from "../output/backlog.ts";
import { type Terminator, terminator } from "../slots/terminator.ts";
import type { JobFrame } from "./job-frame.ts";
import type { JobOutput } from "./open-output.ts";
import type { JobPlaces } from "./open-places.ts";
import { onStopSignals } from "./stop-signals.ts";
import { suspension } from "./suspend.ts";

/** What may hold a job up, or end it. */
export interface JobControls {
  readonly gates: Gates;
  readonly terminator: Terminator;
}

export function openControls(
  frame: JobFrame,
  { launcher, shell }: JobPlaces,
  { sink }: JobOutput,
  opened: AsyncDisposableStack,
): JobControls {
  const { gated, env, driver, observers, stops, isYonder } = frame;
  const gates = openGates(gated, shell, env, {
    evictYoungest: driver.evictYoungest,
    running: () => [...driver.attempts.values()].map(({ id }) => id),
    signal: (attempt, signal) => launcher.signal(attempt, signal),
  });
  opened.defer(() => gates.close());
  observers.add(gates.observer);
  driver.askGates(gates.pass);
  const backlog = pollSink(sink, (isFull) => driver.gate("output", !isFull));
  opened.defer(() => backlog.stop());
  const ending = terminator(launcher, gated.termSeq);
  opened.defer(() => ending.close());
  const suspend = suspension(
    launcher,
    () => sink.note(""),
    () => sink.flush().catch(() => {}), // Its error has been told.
    driver.wasStopped,
  );
  opened.defer(onStopSignals(stops.requests(suspend), !isYonder));
  return { gates, terminator: ending };
}
