import { type ByteString, encodeText } from "../bytes/bytes.ts";
import { exitStatus } from "../core/summary.ts";
import { tee } from "../input/spool.ts";
import type { AttemptEnd, Launcher } from "../interface/launcher.ts";
import { JOB_FILES } from "../journal/places.ts";
import type { JournalWriter } from "../journal/writer.ts";
import { dryLauncher } from "../launch/dry.ts";
import { shellLauncher } from "../launch/shell/launcher.ts";
import type { CommandLine } from "../options/parse.ts";
import { openSink, type Sink, type SinkOptions } from "../output/sink.ts";
import { slotsFor } from "./capacity.ts";
import type { RenderFacts } from "./command.ts";
import { passGates, startGates } from "./gates.ts";
import { createHands, type JobHands, jobVariables } from "./hands.ts";
import { createLoop, type Loop } from "./loop.ts";
import { policyOf } from "./policy.ts";
import { mayQueueAhead } from "./queue-ahead.ts";
import { recorder } from "./recorder.ts";
import { jobShell } from "./shell.ts";
import { onStopSignals } from "./signals.ts";
import { sinkOptions } from "./sink-options.ts";
import { openTasks } from "./tasks.ts";
import { terminator } from "./term.ts";

/** GNU parallel's exit status after a signal that ended it. */
const INTERRUPTED = 255;

export interface JobParts {
  readonly line: CommandLine;
  readonly env: NodeJS.ProcessEnv;
  readonly journal: JournalWriter;
  readonly name: string;
  /** One line for the person, without the program's name. */
  readonly say: (line: ByteString) => void;
}

/** Runs a command over inputs. Resolves with the exit status. */
export async function runJob(parts: JobParts): Promise<number> {
  const { line, env, journal, say } = parts;
  const { options } = line;
  const wanted = (): number => slotsFor(options.jobs, options.cpuUnit);
  const tasks = await openTasks({ line, slots: wanted, say, stdin: () => standardInput(parts) });
  const { source, templates, names, isDone } = tasks;
  const slots = (): number => tasks.allAtOnce ?? wanted();
  const total = templates.usesTotal ? await source.total() : undefined;
  const facts: RenderFacts = { slots, total: () => total ?? 0 };

  let loop!: Loop;
  const sink = openSink(
    sinkOptions({
      options,
      journal,
      names,
      say,
      onClosed: () => loop.cancel(),
      onShown: () => {
        if (sink.backlogTasks === 0) journal.shown();
      },
    }),
  );
  const shell = jobShell(env);
  const onEnd = (end: AttemptEnd): void => loop.ended(hands.conclude(end));
  const launcher: Launcher = options.dryRun
    ? dryLauncher({ onEnd })
    : shellLauncher({
        shell,
        env,
        slotEnv: (slot) => jobVariables(slot, options),
        nice: options.nice,
        inheritOutput: options.grouping === "none",
        inheritStdin: options.tty,
        ownSession: !options.tty,
        onEnd,
        onReturn: (id) => loop.returned(id),
        onShell: (slot, pid) => journal.slot(slot, pid),
      });
  const ending = terminator(launcher, options.termSeq);
  const gates = startGates(options, shell);
  let isOver = false;
  const hands = createHands({
    options,
    templates,
    facts,
    launcher,
    sink,
    recorder: recorder(journal, () => undefined),
    terminator: ending,
    env,
    say,
    confirm: undefined,
    checkGate: (onBlocked) => passGates(gates, onBlocked, () => isOver),
    inputClosed: (count) => journal.total(count),
  });
  loop = createLoop({
    policy: policyOf(options),
    source,
    hands,
    slots,
    isDone,
    queueAhead: mayQueueAhead(options),
    readAll: "percent" in options.halt,
  });
  let interrupted = false;
  const forget = onStopSignals(
    {
      drain: () => {
        interrupted = true;
        loop.drain();
        sayDraining(hands, say);
      },
      cancel: () => {
        interrupted = true;
        loop.cancel();
      },
      list: () => {
        for (const command of hands.running()) say(command);
      },
    },
    parts.name !== "yonder",
  );
  const poll = pollSink(sink);
  try {
    const summary = await loop.run();
    await sink.close();
    return interrupted && summary.stopped === "cancel" ? INTERRUPTED : exitStatus(summary);
  } finally {
    isOver = true;
    poll.stop();
    forget();
    ending.close();
    source.close();
    await launcher.close();
  }
}

function sayDraining(hands: JobHands, say: JobParts["say"]): void {
  const running = [...hands.running()];
  if (running.length === 0) return;
  say(
    `No new jobs will be started. Waiting for these ${running.length} jobs to finish; once more to stop now.`,
  );
  for (const command of running) say(command);
}

/** Standard input as it comes; kept by the journal on its way, so that the job can be resumed. */
function standardInput({ journal }: JobParts): AsyncIterable<Buffer> {
  const stdin = process.stdin as AsyncIterable<Buffer>;
  return journal.directory === "" ? stdin : tee(stdin, encodeText(`${journal.directory}/${JOB_FILES.stdin}`));
}

/** --line-buffer and its like look at what running jobs have written, as often as the sink asks. */
function pollSink(sink: Sink): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const delay = sink.poll();
    timer = delay === undefined ? undefined : setTimeout(look, delay);
  };
  look();
  return { stop: () => clearTimeout(timer) };
}
