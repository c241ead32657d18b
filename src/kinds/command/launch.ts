import type { ByteString } from "../../bytes/bytes.ts";
import type { Attempt } from "../../driver/kind.ts";
import type { AttemptFiles, Launcher, OutputSpec, StdinSpec } from "../../interface/launcher.ts";
import type { Options } from "../../options/options.ts";
import type { Sink } from "../../output/sink-types.ts";
import type { Template } from "../../template/template.ts";
import type { CommandTask } from "./command-task.ts";
import { type RemoteSource, remoteWorkdir } from "./hosts/remote-source.ts";
import { type RenderedCommand, textOf } from "./render.ts";
import type { JobSource } from "./text/job-source.ts";
import { type OutFile, outFile } from "./text/out-file.ts";
import { writeTemplateFiles } from "./text/template-files.ts";
import { type RenderFacts, render, type Templates } from "./text/templates.ts";
import { workdirOf } from "./text/workdir.ts";

export interface LaunchParts {
  readonly options: Pick<Options, "cleanup">;
  readonly templates: Templates;
  readonly facts: RenderFacts;
  readonly launcher: Launcher;
  readonly sink: Sink;
  /** Names the job. */
  readonly run: string;
  readonly env: NodeJS.ProcessEnv;
  readonly jobSource: JobSource;
  readonly remoteSource: RemoteSource | undefined;
  /** The slot is on another machine. */
  readonly isRemote: (slot: number) => boolean;
  /** What jobs read that are given nothing else. */
  readonly stdin: StdinSpec;
}

/** What an attempt that was launched has, until it has ended. */
export interface Launched {
  readonly attempt: Attempt<CommandTask>;
  /** As people are shown it. */
  readonly command: ByteString;
  readonly tag: ByteString | undefined;
  readonly output: OutputSpec;
  readonly out: OutFile | undefined;
  /** Made for this task by --template. */
  readonly files: readonly ByteString[];
}

/** Makes what the attempt needs, and gives it to its slot. */
export function launchCommand(
  parts: LaunchParts,
  attempt: Attempt<CommandTask>,
  { command, tag, resultsPath, outPath }: RenderedCommand,
): Launched {
  const { templates, facts } = parts;
  const { task, slot } = attempt;
  const out = outPath === undefined ? undefined : outFile(outPath, command, parts.run, task.seq);
  const shown = out?.command ?? command;
  const output = parts.sink.started({
    seq: task.seq,
    slot,
    // Not the attempt's number: one that was taken back and starts again must not meet its own files.
    attempt: attempt.id,
    command: shown,
    ...(tag !== undefined && { tag }),
    rows: task.rows,
    ...(resultsPath !== undefined && { resultsPath }),
  });
  const files = writeTemplateFiles(templates.files, (template) => render(template, task, slot, facts));
  const remote = parts.isRemote(slot) ? filesOf(parts, attempt) : undefined;
  const fed = task.data?.feed(slot, remote !== undefined);
  parts.launcher.start({
    id: attempt.id,
    slot,
    command: sourceOf(parts, attempt, fed?.wrap?.(shown) ?? shown, remote?.workdir),
    ...(remote && { files: remote }),
    env: [["PARALLEL_SEQ", String(task.seq)], ...(task.env ?? []), ...(fed?.env ?? [])],
    stdin: fed?.stdin ?? parts.stdin,
    output,
  });
  return { attempt, command: shown, tag, output, out, files };
}

/** Where an attempt runs on another host, and which files go there and come back. */
function filesOf(
  { templates, facts, options }: LaunchParts,
  { task, slot }: Attempt<CommandTask>,
): AttemptFiles {
  const texts = (all: readonly Template[]): ByteString[] =>
    all.flatMap((template) => textOf(template, task, slot, facts) ?? []);
  const name = textOf(templates.workdir, task, slot, facts);
  return {
    workdir: remoteWorkdir(name, task.seq),
    isOwnWorkdir: name === "...",
    send: texts(templates.sends),
    fetch: texts(templates.returns),
    cleanup: options.cleanup,
  };
}

/** What the shell gets, which is more than what people are shown. */
function sourceOf(
  { templates, facts, jobSource, remoteSource, env }: LaunchParts,
  { task, slot }: Attempt<CommandTask>,
  command: ByteString,
  remoteDirectory: ByteString | undefined,
): ByteString {
  if (remoteDirectory !== undefined)
    return remoteSource!.of(jobSource.of(command, undefined), remoteDirectory);
  const name = textOf(templates.workdir, task, slot, facts);
  const isHere = name === undefined || name === ".";
  return jobSource.of(command, isHere ? undefined : workdirOf(name, task.seq, env));
}
