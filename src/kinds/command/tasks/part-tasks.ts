import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { type ByteString, bufferOf, encodeText } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { DataFile } from "../../../interface/launcher.ts";
import type { Options } from "../../../options/options.ts";
import type { CommandLine } from "../../../options/parse.ts";
import type { JobFeed } from "../../../pipe/job-feed.ts";
import { partSource } from "../../../pipe/part-command.ts";
import { defaultPartBlock, type FilePart } from "../../../pipe/part-options.ts";
import { fileParts } from "../../../pipe/parts.ts";
import { type DataPlace, openDataPlace, pour } from "./data-place.ts";
import type { TasksContext } from "./job-tasks.ts";
import { blockOptions } from "./pipe-options.ts";
import {
  type Feed,
  fromFile,
  NAMED_DATA,
  type Task,
  type TaskData,
  type TaskSource,
  unknownTotal,
} from "./task.ts";

/** --pipepart: each task reads its part of a file by itself, if it runs on this machine. */
export async function partTasks(context: TasksContext): Promise<TaskSource> {
  const { line, slots } = context;
  const { options } = line;
  refuseSpread(options);
  const parts = fileParts(
    { ...blockOptions(options), block: partBlock(options), slots: slots() },
    inputFiles(line.sources),
  );
  const iterator = parts[Symbol.asyncIterator]();
  const place = await remotePlace(context);
  let seq = 0;
  return {
    async next() {
      const { done, value } = await iterator.next();
      if (done) return [];
      return [partTask({ seq: ++seq, rows: [] }, value, options, place)];
    },
    total: unknownTotal,
    close() {
      void iterator.return?.();
      place?.close();
    },
  };
}

/** Every line would have to be looked at, which is what --pipepart is there to avoid. */
function refuseSpread({ shard, bin }: Options): void {
  const name = shard !== undefined ? "--shard" : bin !== undefined ? "--bin" : undefined;
  if (name === undefined) return;
  throw new YonderError("USAGE", {
    message: `${name} cannot be combined with --pipepart.`,
    remedy: `use --pipe ${name}, with the file as standard input`,
  });
}

/** For jobs of other hosts, which cannot read our files; undefined where there are none. */
export async function remotePlace(context: TasksContext): Promise<DataPlace | undefined> {
  const { options } = context.line;
  const isHere = options.dryRun || options.hosts.every(({ login }) => login === ":");
  return isHere ? undefined : openDataPlace(context);
}

/** The task, with a part of a file as its data. */
export function partTask(task: Task, part: FilePart, options: Options, place: DataPlace | undefined): Task {
  if (!options.cat && !options.fifo) {
    // A window has a terminal, and not what the slot has.
    const isInWindow = (options.tmux || options.tmuxpane) && !options.dryRun;
    return { ...task, data: partData(part, place, isInWindow ? pipedInside(part) : piped(part)) };
  }
  // The job's shell makes the file itself, from the bytes that it would have read.
  const path = `${options.tmpdir ?? encodeText(tmpdir())}/yonder-part-${process.pid}-${task.seq}`;
  const file: PartFile = { path, as: options.fifo ? "fifo" : "file" };
  const data = partData(
    part,
    place,
    { ...fromFile(path), wrap: (command) => named(part, file, command) },
    file,
  );
  return { ...task, ...NAMED_DATA, data };
}

interface PartFile {
  readonly path: ByteString;
  readonly as: DataFile;
}

/** The slot reads the part, beside the job. */
function piped(part: FilePart): Feed {
  return { stdin: { type: "piped", source: partSource(part) } };
}

/** The job's own shell reads it. The command may end with a comment or a here-document: a newline goes before the bracket. */
function pipedInside(part: FilePart): Feed {
  const wrap = (command: ByteString): ByteString => `(${partSource(part)}) 2>/dev/null | (${command}\n)`;
  return { stdin: { type: "null" }, wrap };
}

/** @param here how the part reaches a job of this machine */
function partData(part: FilePart, place: DataPlace | undefined, here: Feed, file?: PartFile): TaskData {
  const feeds = new Map<number, JobFeed>();

  function remoteFeed(slot: number): Feed {
    const feed = place!.feeder.open();
    feeds.set(slot, feed);
    // A file that has gone leaves the job without the rest of it, as it does here.
    pour(part, feed).catch(() => feed.end());
    return { stdin: { type: "path", path: feed.path, ...(file && { as: file.as }) } };
  }

  return {
    bytes: part.end - part.start + part.headerBytes,
    feed: (slot, isRemote) => (isRemote ? remoteFeed(slot) : here),
    ended: (slot) => feeds.get(slot)?.close(),
    release() {
      if (file !== undefined) rmSync(bufferOf(file.path), { force: true });
    },
  };
}

function partBlock({ block, roundRobin }: Options): number {
  // One job for each slot, each with one part: there is nothing to hand out in turn.
  if (roundRobin) return -1;
  if (block === undefined) return defaultPartBlock;
  return block.type === "bytes" ? block.bytes : -block.parts;
}

/** The command, behind what makes the file that it names. */
function named(part: FilePart, file: PartFile, command: ByteString): ByteString {
  const path = quoteWord(file.path);
  const fill = `(${partSource(part)}) 2>/dev/null >${path}`;
  return file.as === "fifo" ? `mkfifo ${path}; { ${fill}; } & ${command}` : `${fill}; ${command}`;
}

/** The files of --pipepart. */
export function inputFiles(sources: CommandLine["sources"]): ByteString[] {
  return sources.flatMap((source) => (source.kind === "file" ? [source.path] : []));
}
