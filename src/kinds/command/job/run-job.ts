import type { ByteString } from "../../../bytes/bytes.ts";
import type { JobSummary, Outcome } from "../../../core/events.ts";
import { taskStatus } from "../../../core/halt.ts";
import { hasRunNothing, wholeTally } from "../../../core/verdict.ts";
import type { Driver } from "../../../driver/driver.ts";
import { progressOf } from "../../../driver/record/monitor.ts";
import type { CommandTask } from "../command-task.ts";
import { blockedReason, failedHosts, hostsProgress } from "../hosts/job-hosts.ts";
import { type JobEnd, jobEnd, nothingLeft, tellFailures, tellHosts, tellReused } from "./job-end.ts";
import { type JobRequest, openFrame } from "./job-frame.ts";
import { openControls } from "./open-controls.ts";
import { openOutput } from "./open-output.ts";
import { openPlaces } from "./open-places.ts";
import { type JobRecord, openRecord } from "./open-record.ts";
import { type JobParts, openSupply } from "./open-supply.ts";
import { openWork } from "./open-work.ts";

/** Runs a command over inputs. Its parts are opened in order, each from those before it, and closed in the opposite one. */
export async function runJob(request: JobRequest): Promise<JobEnd> {
  await using opened = new AsyncDisposableStack();
  const frame = await openFrame(request);
  const places = await openPlaces(frame, opened);
  const work = await openWork(frame, places, opened);
  const record = await openRecord(frame, opened);
  const output = openOutput(frame, work, opened);
  const controls = openControls(frame, places, output, opened);
  const job: JobParts = { frame, places, work, output, controls };
  const slots = openSupply(job);
  const { fleet } = places;
  record.watch(() => controls.gates.reason ?? (fleet && blockedReason(fleet.hosts)));
  const lastOutcome = watchLastOutcome(job);

  fleet?.contacted.catch(frame.stops.fail);
  output.again?.first();
  const stopDrawing = drawProgress(job);
  opened.defer(stopDrawing);
  slots.open();
  const summary = await frame.driver.done;
  stopDrawing();
  // Awaited here: what is returned without is waited for when all is closed.
  return await endJob(job, record, summary, lastOutcome());
}

/** The outcome of the one task of a semaphore. */
function watchLastOutcome({ frame }: JobParts): () => Outcome | undefined {
  let last: Outcome | undefined;
  if (frame.options.semaphore) frame.observers.add({ ended: (_, outcome) => void (last = outcome ?? last) });
  return () => last;
}

/** Until the returned function is called. */
function drawProgress({ frame, places, work, output }: JobParts): () => void {
  const { progress, driver, earlier } = frame;
  const { fleet } = places;
  const startedMs = Date.now();
  progress?.start(output.sink.canvas, () => ({
    ...progressOf({ driver, before: earlier.tally, startedMs, total: () => work.total }),
    ...(fleet && { hosts: hostsProgress(fleet.hosts) }),
    ...latestArgument(driver),
  }));
  return () => progress?.stop();
}

/** What --bar shows. */
function latestArgument({ attempts }: Driver<CommandTask>): { latestArgument?: ByteString } {
  let latest: CommandTask | undefined;
  for (const { task } of attempts.values()) latest = task;
  return latest === undefined ? {} : { latestArgument: latest.rows[0]?.join(" ") ?? "" };
}

/** Shows what is left to show, and says how it went. */
async function endJob(
  { frame, places, work, output }: JobParts,
  { failures }: JobRecord,
  summary: JobSummary,
  lastOutcome: Outcome | undefined,
): Promise<JobEnd> {
  const { options, earlier, stops, isYonder, isInputLost, journal, notes, say, resumed } = frame;
  const { fleet } = places;
  const hosts = options.onall ? fleet?.hosts : undefined;
  const decided = lastOutcome ? taskStatus(lastOutcome) : hosts && failedHosts(hosts, earlier.failedHosts);
  const tally = wholeTally(earlier.tally, summary);
  const end = (): JobEnd =>
    jobEnd({ summary, tally, stops: stops.why, isInputLost, decided, isGnu: !isYonder });
  await output.sink.close(end().exitCode).catch((error) => {
    if (error !== stops.why.failure) throw error;
  });
  await work.memo?.close();
  const { closed, failure } = stops.why;
  if (work.memo !== undefined && !closed) tellReused(work.memo.reused, summary, say);
  if (isYonder && !closed && fleet !== undefined) tellHosts(fleet.hosts, notes.print);
  if (resumed !== undefined && hasRunNothing(summary)) say(nothingLeft(tally, resumed.id, isInputLost));
  else if (isYonder && !closed) {
    // Nobody misses it after --halt now,success=1, and an error has said what to do.
    const isLeftTold = end().exitCode !== 0 && failure === undefined;
    tellFailures(failures, { summary, tally, isLeftTold }, journal.id, notes.print);
  }
  // Closing has written the last of the output, or could not.
  return end();
}
