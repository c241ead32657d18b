import { type ByteString, encodeText } from "../bytes/bytes.ts";
import { exitStatus } from "../core/summary.ts";
import { openInput } from "../input/input.ts";
import { tee } from "../input/spool.ts";
import type { AttemptEnd, Launcher } from "../interface/launcher.ts";
import { JOB_FILES } from "../journal/places.ts";
import type { JournalWriter } from "../journal/writer.ts";
import { dryLauncher } from "../launch/dry.ts";
import { shellLauncher } from "../launch/shell/launcher.ts";
import type { Options } from "../options/options.ts";
import type { CommandLine } from "../options/parse.ts";
import { readJoblog } from "../output/resume.ts";
import { openSink, type Sink, type SinkOptions } from "../output/sink.ts";
import { packer } from "../template/pack.ts";
import { slotsFor } from "./capacity.ts";
import { compileTemplates, type RenderFacts } from "./command.ts";
import { passGates, startGates } from "./gates.ts";
import { createHands, jobVariables } from "./hands.ts";
import { createLoop, type Loop } from "./loop.ts";
import { policyOf } from "./policy.ts";
import { mayQueueAhead } from "./queue-ahead.ts";
import { recorder } from "./recorder.ts";
import { jobShell } from "./shell.ts";
import { onStopSignals } from "./signals.ts";
import { sinkOptions } from "./sink-options.ts";
import { rowTasks } from "./source.ts";
import { terminator } from "./term.ts";

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
  const reader = openInput(inputOptions(line, parts));
  const names = await reader.names();
  const templates = compileTemplates(line.command, options, names);
  const slots = (): number => slotsFor(options.jobs, options.cpuUnit);
  const source = rowTasks(reader, packer(options), () => true);
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
        slotEnv: jobVariables,
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
    isDone: doneBefore(options),
    queueAhead: mayQueueAhead(options),
    readAll: "percent" in options.halt,
  });
  const forget = onStopSignals({
    drain: (signal) => {
      say(`${signal} received. No new jobs will be started.`);
      loop.drain();
    },
    cancel: () => loop.cancel(),
  });
  const poll = pollSink(sink);
  try {
    const summary = await loop.run();
    await sink.close();
    return exitStatus(summary);
  } finally {
    isOver = true;
    poll.stop();
    forget();
    ending.close();
    source.close();
    await launcher.close();
  }
}

function inputOptions(line: CommandLine, parts: JobParts): Parameters<typeof openInput>[0] {
  const { options } = line;
  const { header } = options;
  return {
    ...options,
    sources: line.sources,
    header: header?.type === "paths" ? "paths" : header === undefined ? undefined : "names",
    shuf: options.shuf ? {} : undefined,
    stdin: () => standardInput(parts),
    warn: parts.say,
    tmpdir: options.tmpdir,
  };
}

/** Standard input as it comes; kept by the journal on its way, so that the job can be resumed. */
function standardInput({ journal }: JobParts): AsyncIterable<Buffer> {
  const stdin = process.stdin as AsyncIterable<Buffer>;
  return journal.directory === "" ? stdin : tee(stdin, encodeText(`${journal.directory}/${JOB_FILES.stdin}`));
}

/** --resume and --resume-failed leave out what the joblog has. */
function doneBefore(options: Options): (task: number) => boolean {
  if (options.joblog === undefined || !(options.resume || options.resumeFailed)) return () => false;
  const earlier = readJoblog(options.joblog.path);
  return options.resumeFailed ? earlier.hasSucceeded : earlier.hasRun;
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
