import { setTimeout as sleep } from "node:timers/promises";
import { type ByteString, encodeText } from "../bytes/bytes.ts";
import { taskStatus } from "../core/halt.ts";
import { hasRunNothing, wholeTally } from "../core/verdict.ts";
import type { YonderError } from "../interface/errors.ts";
import { memorySampler } from "../journal/peak-memory.ts";
import type { ResumedJob } from "../journal/resume.ts";
import type { JournalWriter } from "../journal/writer.ts";
import type { OptionWorld } from "../options/defaults.ts";
import type { Options } from "../options/options.ts";
import type { CommandLine } from "../options/parse.ts";
import { openSink } from "../output/sink.ts";
import type { Sink } from "../output/sink-types.ts";
import { BACKLOG_LOOK_MS, isBacklogFull, pollSink } from "./backlog.ts";
import type { RenderFacts } from "./command.ts";
import { earlierOf } from "./earlier.ts";
import { collectFailures } from "./failures.ts";
import { openGates } from "./gates.ts";
import { createHands } from "./hands.ts";
import { whenReachable } from "./hostgroups.ts";
import { withoutDeadHosts } from "./hosts/filter.ts";
import { openSlots } from "./hosts/layout.ts";
import { blockedReason, contactGroup, failedHosts, hostsProgress } from "./hosts/members.ts";
import {
  type JobEnd,
  jobEnd,
  nothingLeft,
  type Stops,
  stopRequests,
  tellFailures,
  tellHosts,
  tellReused,
} from "./job-end.ts";
import { openJobSource } from "./job-source.ts";
import type { JobTasks } from "./job-tasks.ts";
import { openLaunchers } from "./launchers.ts";
import { createLoop } from "./loop.ts";
import type { Loop } from "./loop-types.ts";
import type { JobMemo } from "./memo.ts";
import { startMonitor } from "./monitor.ts";
import { openNotes } from "./notes.ts";
import { policyOf, triesFrom } from "./policy.ts";
import { openJobProgress } from "./progress.ts";
import { mayQueueAhead } from "./queue-ahead.ts";
import { recorder } from "./recorder.ts";
import { reshow, thereAlready } from "./reshow.ts";
import { jobShell } from "./shell.ts";
import { onStopSignals } from "./signals.ts";
import { sinkOptions } from "./sink-options.ts";
import type { StandardInput } from "./standard-input.ts";
import { strayWarnings } from "./stray-warnings.ts";
import { suspension } from "./suspend.ts";
import type { Task } from "./task.ts";
import { openTasks } from "./tasks.ts";
import { terminator } from "./term.ts";
import { askAtTerminal, terminalInput } from "./terminal.ts";
import { openJobTimeline } from "./timeline.ts";

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

/** Runs a command over inputs. */
export async function runJob(parts: JobParts): Promise<JobEnd> {
  const { env, journal, resumed, isInputLost = false } = parts;
  const isYonder = parts.name === "yonder";
  const progress = await openJobProgress(parts.line.options, env, isYonder && !parts.line.options.dryRun);
  const there = resumed && thereAlready(resumed, parts.line.options);
  const isTorn = (): boolean => there !== undefined && there.stdout.bytes + there.stderr.bytes > 0;
  const notes = openNotes({ name: parts.name, journal, isTorn });
  const { say } = notes;
  for (const note of parts.notes ?? []) say(note);
  const line = await withoutDeadHosts(parts.line, env, say);
  const { options } = line;
  let loop!: Loop;
  const shell = jobShell(env);
  const memory = memorySampler();
  const { launcher, layout, fleet, room } = await openLaunchers({
    options,
    env,
    shell,
    journal,
    memory,
    onEnd: (end) => loop.ended(hands.conclude(end)),
    onReturn: (id) => loop.returned(id),
    onChange: () => loop?.slotsChanged(),
    onHopeless: (error) => onError(error),
    world: parts.world,
    isWindingUp: () => {
      const { isInputClosed, waiting } = loop.view;
      return isInputClosed && waiting === 0;
    },
    say,
  });
  // What is cut into as many pieces as there are slots needs to know of all of them.
  if (options.pipe || options.pipePart) await fleet?.contacted;
  const wanted = (): number => openSlots(layout());
  const tasks = await openTasks({ line, slots: wanted, say, stdin: parts.stdin });
  const { source, templates, names } = tasks;
  if (isYonder) for (const warning of strayWarnings(line, names)) say(`Warning: ${warning}`);
  if (tasks.allAtOnce !== undefined) {
    fleet?.makeRoomFor(tasks.allAtOnce);
    room.needs(tasks.allAtOnce);
  }
  const slots = (): number => tasks.allAtOnce ?? wanted();
  const needsTotal = templates.usesTotal || (progress?.needsTotal ?? false);
  const total = needsTotal ? await source.total() : options.totalJobs;
  const facts: RenderFacts = { slots, total: () => total ?? 0, hostOf: (slot) => fleet?.hostOf(slot) };

  const traceLost = ({ message }: Error): void =>
    say(encodeText(`Warning: the trace ends here, since it cannot be written: ${message}`));
  const { traced, ...timeline } = await openJobTimeline(options.trace, () => loop.view, traceLost);
  const onShown = (seq: number): void => {
    journal.shown(seq);
    const wasTorn = isTorn();
    again?.shown(seq);
    // What is on its way now may be half written to the file; after it, it is not.
    if (wasTorn && !isTorn()) setImmediate(notes.flush);
  };
  const stops: Stops = { signal: undefined, closed: false, failure: undefined };
  const onClosed = (): void => {
    stops.closed = true;
    loop.cancel();
  };
  /** Said at once, and once; what runs may end, and the journal has it. */
  const onError = (error: YonderError): void => {
    if (stops.failure !== undefined) return;
    stops.failure = error;
    say(encodeText(`Error: ${error.message}`));
    if (error.remedy !== undefined) say(encodeText(error.remedy));
    loop.drain();
  };
  const overlay = progress?.overlay;
  const sink = openSink(
    sinkOptions({
      options,
      journal,
      names,
      onClosed,
      onError,
      onShown,
      onWritten: (beyond) => journal.confirm(beyond),
      overlay,
      there,
      resumed,
    }),
  );
  notes.through(sink);
  const memo = await memoOf({ ...parts, line }, tasks, facts, shell, say);
  const again = resumed && reshow(resumed, options, sink, there!);
  const jobSource = openJobSource(options, shell, env);
  const usesTerminal = options.tty || options.openTty;
  const attemptsBefore = (task: number): number => resumed?.attemptsBefore(task) ?? 0;
  // Among several hosts each has a gate of its own: see watchHost.
  const gated: Options =
    fleet === undefined ? options : { ...options, load: undefined, memfreeBytes: undefined, noswap: false };
  const ending = terminator(launcher, options.termSeq);
  const gates = openGates(gated, shell, env, {
    evictYoungest: () => loop.evictYoungest(),
    running: () => [...loop.view.running.keys()],
    signal: (attempt, signal) => launcher.signal(attempt, signal),
  });
  const earlier = earlierOf(resumed);
  const failures = collectFailures(earlier.failures);
  const hands = createHands({
    options,
    templates,
    facts,
    launcher,
    sink,
    recorder: traced(recorder(journal, (id) => memory.take(id), attemptsBefore)),
    run: journal.id || String(process.pid),
    terminator: ending,
    env,
    outputLost: onError,
    say,
    jobSource,
    hostOf: (slot) => fleet?.hostOf(slot),
    remoteSource: fleet?.source,
    stdin: usesTerminal ? terminalInput() : { type: options.semaphore ? "inherit" : "null" },
    confirm: options.interactive ? askAtTerminal() : undefined,
    gates,
    failures,
    memo,
    resumed: (task) => (again === undefined ? sink.skipped(task.seq) : again.task(task)),
    inputClosed: (count) => {
      if (!isInputLost) journal.total(count);
    },
  });
  loop = createLoop({
    policy: policyOf(gated),
    source:
      fleet !== undefined && options.hostgroups
        ? whenReachable(source, (places) => contactGroup(places.map((place) => fleet.members[place - 1]!)))
        : source,
    hands,
    layout: () => (tasks.allAtOnce === undefined || fleet ? layout() : room.fit({ slots: tasks.allAtOnce })),
    isDone: (task) => resumed?.done(task.seq) || tasks.isDone(task),
    queueAhead: mayQueueAhead(options, slots(), room.files),
    readAll: "percent" in options.halt,
    ...(templates.retries && { triesOf: triesFrom(templates.retries, facts) }),
    ...(memo && { reuse: (found) => reuse(memo, sink, found) }),
  });
  const monitor = startMonitor({
    attemptsBefore,
    view: loop.view,
    before: earlier.tally,
    journal,
    memory,
    hosts: fleet && (() => hostsProgress(fleet.members)),
    commandOf: (attempt) => hands.flight(attempt.id)?.command ?? "",
    startMsOf: (attempt) => hands.flight(attempt.id)?.startMs ?? Date.now(),
    reason: () => gates.reason ?? (fleet && blockedReason(fleet.members)),
    total: () => total,
  });
  const suspend = suspension(
    launcher,
    () => sink.note(""),
    () => sink.flush().catch(() => {}), // Its error has been told.
    (stoppedMs) => loop.wasStopped(stoppedMs),
  );
  const forget = onStopSignals(stopRequests(loop, hands, say, stops, suspend), !isYonder);
  const poll = pollSink(sink, (isFull) => loop.gate("output", !isFull));
  try {
    fleet?.contacted.catch(onError);
    again?.first();
    progress?.start(sink.canvas, monitor.state);
    const summary = await loop.run();
    progress?.stop();
    const only = options.semaphore ? hands.lastOutcome : undefined;
    const hosts = options.onall ? fleet?.members : undefined;
    const decided = only ? taskStatus(only) : hosts && failedHosts(hosts, earlier.failedHosts);
    const tally = wholeTally(earlier.tally, summary);
    const end = (): JobEnd => jobEnd({ summary, tally, stops, isInputLost, decided, isGnu: !isYonder });
    await sink.close(end().exitCode).catch((error) => {
      if (error !== stops.failure) throw error;
    });
    await memo?.close();
    if (memo !== undefined && !stops.closed) tellReused(memo.reused, summary, say);
    if (isYonder && !stops.closed && fleet !== undefined) tellHosts(fleet.members, notes.print);
    if (resumed !== undefined && hasRunNothing(summary)) say(nothingLeft(tally, resumed.id, isInputLost));
    else if (isYonder && !stops.closed) {
      // Nobody misses it after --halt now,success=1, and an error has said what to do.
      const isLeftTold = end().exitCode !== 0 && stops.failure === undefined;
      tellFailures(failures, { summary, tally, isLeftTold }, journal.id, notes.print);
    }
    // Closing has written the last of the output, or could not.
    return end();
  } finally {
    progress?.stop();
    notes.flush();
    await sink.flush().catch(() => {}); // Its error has been told.
    gates.close();
    monitor.stop();
    timeline.close();
    poll.stop();
    forget();
    ending.close();
    source.close();
    room.close();
    await launcher.close();
    jobSource.close();
  }
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
  const { openJobMemo } = await import("./memo.ts");
  const run = journal.id || String(process.pid);
  const warn = (text: string): void => say(encodeText(`Warning: ${text}`));
  return openJobMemo({ options, templates, words, facts, env, shell, run, warn });
}

/** Looks as many up as there is room for what they give. */
async function reuse(memo: JobMemo, sink: Sink, tasks: readonly Task[]): Promise<ReadonlySet<number>> {
  while (isBacklogFull(sink)) await sleep(BACKLOG_LOOK_MS);
  return memo.lookUp(tasks);
}
