import { tmpdir } from "node:os";
import { type ByteString, encodeText } from "../bytes/bytes.ts";
import { exitStatus } from "../core/summary.ts";
import { openInput } from "../input/input.ts";
import type { Launcher } from "../interface/launcher.ts";
import type { JournalWriter } from "../journal/writer.ts";
import { shellLauncher } from "../launch/shell/launcher.ts";
import type { Options } from "../options/options.ts";
import type { CommandLine } from "../options/parse.ts";
import { openSink, type Sink, type SinkOptions } from "../output/sink.ts";
import { packer } from "../template/pack.ts";
import { slotsFor } from "./capacity.ts";
import { compileTemplates, type RenderFacts } from "./command.ts";
import { passGates, startGates } from "./gates.ts";
import { createHands, jobVariables } from "./hands.ts";
import { createLoop, type Loop } from "./loop.ts";
import { policyOf } from "./policy.ts";
import { recorder } from "./recorder.ts";
import { jobShell } from "./shell.ts";
import { onStopSignals } from "./signals.ts";
import { rowTasks } from "./source.ts";
import { terminator } from "./term.ts";

export interface JobParts {
  readonly line: CommandLine;
  readonly env: NodeJS.ProcessEnv;
  readonly journal: JournalWriter;
  /** Bytes of standard input, where a source is that. */
  readonly stdin: () => AsyncIterable<Buffer>;
  /** One line for the person, without the program's name. */
  readonly say: (line: ByteString) => void;
}

/** Runs a command over inputs. Resolves with the exit status. */
export async function runJob(parts: JobParts): Promise<number> {
  const { line, env, say } = parts;
  const { options } = line;
  const reader = openInput(inputOptions(line, parts));
  const names = await reader.names();
  const templates = compileTemplates(line.command, options, names);
  const slots = (): number => slotsFor(options.jobs, options.cpuUnit);
  const source = rowTasks(reader, packer({ ...options, slots: slots() }), () => true);
  const total = templates.usesTotal ? await source.total() : undefined;
  const facts: RenderFacts = { slots, total: () => total ?? 0 };

  let loop!: Loop;
  const sink = openSink(sinkOptions(options, () => loop.cancel(), say));
  const shell = jobShell(env);
  const launcher: Launcher = shellLauncher({
    shell,
    env,
    slotEnv: jobVariables,
    nice: options.nice,
    inheritOutput: options.grouping === "none",
    inheritStdin: options.tty,
    ownSession: !options.tty,
    onEnd: (end) => loop.ended(hands.conclude(end)),
    onReturn: (id) => loop.returned(id),
    onShell: (slot, pid) => parts.journal.slot(slot, pid),
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
    recorder: recorder(parts.journal, () => undefined),
    terminator: ending,
    env,
    say,
    confirm: undefined,
    checkGate: (onBlocked) => passGates(gates, onBlocked, () => isOver),
    inputClosed: (count) => parts.journal.total(count),
  });
  loop = createLoop({
    policy: policyOf(options),
    source,
    hands,
    slots,
    isDone: () => false,
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
    stdin: parts.stdin,
    warn: parts.say,
    tmpdir: options.tmpdir,
  };
}

function sinkOptions(options: Options, onClosed: () => void, say: (line: ByteString) => void): SinkOptions {
  return {
    grouping: options.latestLine ? "latest" : options.grouping,
    keepOrder: options.keepOrder,
    tmpdir: options.tmpdir ?? encodeText(tmpdir()),
    onClosed,
    onError: (error) => say(error.message),
  };
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
