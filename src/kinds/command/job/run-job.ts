import { setTimeout as sleep } from "node:timers/promises";
import { type ByteString, encodeText } from "../../../bytes/bytes.ts";
import type { Outcome } from "../../../core/events.ts";
import { taskStatus } from "../../../core/halt.ts";
import { allowsQueueAhead } from "../../../core/policy.ts";
import { hasRunNothing, wholeTally } from "../../../core/verdict.ts";
import { createDriver, type Driver } from "../../../driver/driver.ts";
import { openGates } from "../../../driver/gates/gates.ts";
import { createObservers } from "../../../driver/observers.ts";
import { earlierOf } from "../../../driver/record/earlier.ts";
import { collectFailures } from "../../../driver/record/failures.ts";
import { progressOf, startMonitor } from "../../../driver/record/monitor.ts";
import { peakMemory } from "../../../driver/record/peak-memory.ts";
import { createRecorder } from "../../../driver/record/recorder.ts";
import { createSignal } from "../../../driver/signal.ts";
import { createSupply } from "../../../driver/supply.ts";
import { slotMemory } from "../../../journal/peak-memory.ts";
import type { ResumedJob } from "../../../journal/resume.ts";
import type { JournalWriter } from "../../../journal/writer.ts";
import type { OptionWorld } from "../../../options/defaults.ts";
import type { Options } from "../../../options/options.ts";
import type { CommandLine } from "../../../options/parse.ts";
import { openSink } from "../../../output/sink.ts";
import type { Sink } from "../../../output/sink-types.ts";
import { attemptIds } from "../attempt-ids.ts";
import { createCommandKind } from "../command-kind.ts";
import type { CommandTask } from "../command-task.ts";
import { haltTeller } from "../halt-teller.ts";
import { withoutDeadHosts } from "../hosts/filter.ts";
import { blockedReason, contactGroup, failedHosts, hostsProgress } from "../hosts/job-hosts.ts";
import { openSlots } from "../hosts/layout.ts";
import type { JobMemo } from "../memo/job-memo.ts";
import { BACKLOG_LOOK_MS, isBacklogFull, pollSink } from "../output/backlog.ts";
import { reshow, thereAlready } from "../output/reshow.ts";
import { sinkOptions } from "../output/sink-options.ts";
import { aheadDepth } from "../slots/ahead-depth.ts";
import { hasOtherHosts, openLaunchers } from "../slots/open-launchers.ts";
import { mayQueueAhead } from "../slots/queue-ahead.ts";
import { terminator } from "../slots/terminator.ts";
import { commandSource } from "../tasks/command-source.ts";
import { whenReachable } from "../tasks/hostgroups.ts";
import type { JobTasks } from "../tasks/job-tasks.ts";
import { openTasks } from "../tasks/open-tasks.ts";
import type { Task } from "../tasks/task.ts";
import { valueBytes } from "../tasks/value-bytes.ts";
import { openJobSource } from "../text/job-source.ts";
import type { RenderFacts } from "../text/templates.ts";
import { type JobEnd, jobEnd, nothingLeft, tellFailures, tellHosts, tellReused } from "./job-end.ts";
import { openJobProgress } from "./job-progress.ts";
import { jobShell } from "./job-shell.ts";
import { jobSlots } from "./job-slots.ts";
import { jobStops } from "./job-stops.ts";
import { openJobTimeline } from "./job-timeline.ts";
import { openNotes } from "./messages.ts";
import { policyOf, triesFrom } from "./policy.ts";
import type { StandardInput } from "./standard-input.ts";
import { onStopSignals } from "./stop-signals.ts";
import { strayWarnings } from "./stray-warnings.ts";
import { suspension } from "./suspend.ts";
import { askAtTerminal, terminalInput } from "./terminal.ts";

export interface JobParts {
  readonly line: CommandLine;
  readonly env: NodeJS.ProcessEnv;
  readonly journal: JournalWriter;
  readonly stdin: StandardInput;
  /** Where files of hosts are read again. */
  readonly world: OptionWorld;
  /** The run before, where this one goes on with it. */
  readonly resumed?: ResumedJob;
  /** Some of what that run had, or would have had, is not known any more. */
  readonly isInputLost?: boolean;
  readonly name: string;
  /** What is said before all else: a line each, without the program's name. */
  readonly notes?: readonly ByteString[];
}

/** Runs a command over inputs. Its parts are opened here, each from those before it, and closed in the opposite order. */
export async function runJob(parts: JobParts): Promise<JobEnd> {
  await using opened = new AsyncDisposableStack();
  const { env, journal, resumed, isInputLost = false, name } = parts;
  const isYonder = name === "yonder";
  const run = journal.id || String(process.pid);
  const earlier = earlierOf(resumed);

  // What is said to the person.
  const progress = await openJobProgress(parts.line.options, env, isYonder && !parts.line.options.dryRun);
  const there = resumed && thereAlready(resumed, parts.line.options);
  const isTorn = (): boolean => there !== undefined && there.stdout.bytes + there.stderr.bytes > 0;
  const notes = openNotes({ name, journal, isTorn });
  const { say } = notes;
  for (const note of parts.notes ?? []) say(note);

  // Who decides.
  const line = await withoutDeadHosts(parts.line, env, say);
  const { options } = line;
  const gated = gatedHere(options);
  const policy = policyOf(gated);
  const observers = createObservers<CommandTask>();
  const driver = createDriver({ policy, observer: observers });
  const stops = jobStops(driver, say);

  // Where commands run.
  const shell = jobShell(env);
  const jobSource = openJobSource(options, shell, env);
  opened.defer(() => jobSource.close());
  const attempts = attemptIds();
  observers.add(attempts.observer);
  const slotsChange = createSignal();
  const memory = slotMemory();
  const { launcher, layout, fleet, room } = await openLaunchers({
    options,
    env,
    shell,
    journal,
    memory,
    onEnd: (end) => attempts.withId(end.id, (attempt) => driver.ended(attempt, end)),
    onReturn: (id) => attempts.withId(id, driver.returned),
    onChange: slotsChange.emit,
    onHopeless: stops.fail,
    world: parts.world,
    isWindingUp: () => driver.state.inputClosed && driver.open.size === driver.attempts.size,
    say,
  });
  opened.defer(() => launcher.close());
  opened.defer(() => room.close());
  // What is cut into as many pieces as there are slots needs to know of all of them.
  if (options.pipe || options.pipePart) await fleet?.contacted;

  // What runs.
  const wanted = (): number => openSlots(layout());
  const tasks = await openTasks({ line, slots: wanted, say, stdin: parts.stdin });
  const { source, templates, names, allAtOnce } = tasks;
  opened.defer(() => source.close());
  if (isYonder) for (const warning of strayWarnings(line, names)) say(`Warning: ${warning}`);
  if (allAtOnce !== undefined) {
    fleet?.makeRoomFor(allAtOnce);
    room.needs(allAtOnce);
  }
  const slots = (): number => allAtOnce ?? wanted();
  const needsTotal = templates.usesTotal || (progress?.needsTotal ?? false);
  const total = needsTotal ? await source.total() : options.totalJobs;
  const facts: RenderFacts = { slots, total: () => total ?? 0, hostOf: (slot) => fleet?.hostOf(slot) };
  const memo = await memoOf({ ...parts, line }, tasks, facts, shell, say);

  // Who gets what it gives.
  const peaks = peakMemory();
  const attemptsBefore = (task: number): number => resumed?.attemptsBefore(task) ?? 0;
  const recorder = createRecorder({ journal, peaks, attemptsBefore, warn: say });
  const failures = collectFailures(earlier.failures);
  const timeline = await openJobTimeline(options.trace, driver, say);
  opened.defer(() => timeline.close());
  observers.add(recorder.observer);
  observers.add(timeline.observer);
  observers.add(failures.observer);
  observers.add(haltTeller(options.halt.when === "soon", say));
  const shown = createSignal<number>();
  const sink = openSink(
    sinkOptions({
      options,
      journal,
      names,
      onClosed: stops.close,
      onError: stops.fail,
      onShown: shown.emit,
      onWritten: (beyond) => journal.confirm(beyond),
      overlay: progress?.overlay,
      there,
      resumed,
    }),
  );
  notes.through(sink);
  opened.defer(async () => {
    notes.flush();
    await sink.flush().catch(() => {}); // Its error has been told.
  });
  const again = resumed && reshow(resumed, options, sink, there!);
  shown.on((seq) => {
    journal.shown(seq);
    const wasTorn = isTorn();
    again?.shown(seq);
    // What is on its way now may be half written to the file; after it, it is not.
    if (wasTorn && !isTorn()) setImmediate(notes.flush);
  });

  // What may hold it up, or end it.
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
  const ending = terminator(launcher, options.termSeq);
  opened.defer(() => ending.close());
  const suspend = suspension(
    launcher,
    () => sink.note(""),
    () => sink.flush().catch(() => {}), // Its error has been told.
    driver.wasStopped,
  );
  opened.defer(onStopSignals(stops.requests(suspend), !isYonder));

  // The tasks, and the slots: now it runs.
  const usesTerminal = options.tty || options.openTty;
  const kind = createCommandKind({
    options,
    templates,
    facts,
    launcher,
    sink,
    run,
    terminator: ending,
    env,
    outputLost: stops.fail,
    say,
    jobSource,
    isRemote: (slot) => fleet?.hostOf(slot) !== undefined,
    hostOf: (slot) => fleet?.hostOf(slot),
    memoryOf: memory.bytesIn,
    remoteSource: fleet?.source,
    stdin: usesTerminal ? terminalInput() : { type: options.semaphore ? "inherit" : "null" },
    confirm: options.interactive ? askAtTerminal() : undefined,
    memo,
  });
  const reachable =
    fleet !== undefined && options.hostgroups
      ? whenReachable(source, (places) => contactGroup(places.map((place) => fleet.hosts[place - 1]!)))
      : source;
  const queueAhead = mayQueueAhead(options, slots(), room.files) && allowsQueueAhead(policy);
  const slotsOfJob = jobSlots(
    driver,
    () => (allAtOnce === undefined || fleet ? layout() : room.fit({ slots: allAtOnce })),
    aheadDepth(queueAhead),
  );
  slotsChange.on(slotsOfJob.changed);
  observers.add(slotsOfJob.observer);
  const triesOf = templates.retries && triesFrom(templates.retries, facts);
  const supply = createSupply(driver, {
    source: commandSource(reachable, driver, { policy, kind, ...(triesOf && { triesOf }) }),
    readAll: "percent" in options.halt,
    room: () => slotsOfJob.room,
    bytesOf: valueBytes,
    isDone: (task) => resumed?.done(task.seq) || tasks.isDone(task),
    resumed(task) {
      task.data?.release();
      if (again === undefined) sink.skipped(task.seq);
      else again.task(task);
    },
    closed: (count) => void (isInputLost || journal.total(count)),
    ...(memo && { reuse: (found) => reuse(memo, sink, found) }),
  });
  observers.add(supply.observer);
  opened.defer(
    startMonitor({
      driver,
      journal,
      peaks,
      everyMs: LOOK_MS,
      attemptsBefore,
      reason: () => gates.reason ?? (fleet && blockedReason(fleet.hosts)),
    }),
  );
  let lastOutcome: Outcome | undefined;
  if (options.semaphore)
    observers.add({ ended: (_, outcome) => void (lastOutcome = outcome ?? lastOutcome) });

  fleet?.contacted.catch(stops.fail);
  again?.first();
  const startedMs = Date.now();
  opened.defer(() => progress?.stop());
  progress?.start(sink.canvas, () => ({
    ...progressOf({ driver, before: earlier.tally, startedMs, total: () => total }),
    ...(fleet && { hosts: hostsProgress(fleet.hosts) }),
    ...latestArgument(driver),
  }));
  slotsOfJob.open();
  const summary = await driver.done;
  progress?.stop();

  // How it ended.
  const hosts = options.onall ? fleet?.hosts : undefined;
  const decided = lastOutcome ? taskStatus(lastOutcome) : hosts && failedHosts(hosts, earlier.failedHosts);
  const tally = wholeTally(earlier.tally, summary);
  const end = (): JobEnd =>
    jobEnd({ summary, tally, stops: stops.why, isInputLost, decided, isGnu: !isYonder });
  await sink.close(end().exitCode).catch((error) => {
    if (error !== stops.why.failure) throw error;
  });
  await memo?.close();
  const { closed, failure } = stops.why;
  if (memo !== undefined && !closed) tellReused(memo.reused, summary, say);
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

/** How often a running job is looked at. */
const LOOK_MS = 250;

/** Among several hosts each has a gate of its own: see watchHost. */
function gatedHere(options: Options): Options {
  return hasOtherHosts(options)
    ? { ...options, load: undefined, memfreeBytes: undefined, noswap: false }
    : options;
}

/** What --bar shows. */
function latestArgument({ attempts }: Driver<CommandTask>): { latestArgument?: ByteString } {
  let latest: CommandTask | undefined;
  for (const { task } of attempts.values()) latest = task;
  return latest === undefined ? {} : { latestArgument: latest.rows[0]?.join(" ") ?? "" };
}

/** What earlier runs have done; undefined where nobody asks for it. */
async function memoOf(
  { line, env, journal }: JobParts,
  { templates }: JobTasks,
  facts: RenderFacts,
  shell: string,
  say: (message: ByteString) => void,
): Promise<JobMemo | undefined> {
  const { options, command: words } = line;
  if (!options.memo || options.dryRun || options.shellQuote > 0) return undefined;
  const { openJobMemo } = await import("../memo/job-memo.ts");
  const run = journal.id || String(process.pid);
  const warn = (text: string): void => say(encodeText(`Warning: ${text}`));
  return openJobMemo({ options, templates, words, facts, env, shell, run, warn });
}

/** Looks as many up as there is room for what they give. */
async function reuse(memo: JobMemo, sink: Sink, tasks: readonly Task[]): Promise<ReadonlySet<number>> {
  while (isBacklogFull(sink)) await sleep(BACKLOG_LOOK_MS);
  return memo.lookUp(tasks);
}
