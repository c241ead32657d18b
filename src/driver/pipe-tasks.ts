import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { type ByteString, bufferOf, encodeText } from "../bytes/bytes.ts";
import type { Options } from "../options/options.ts";
import type { CommandLine } from "../options/parse.ts";
import { blocks } from "../pipe/blocks.ts";
import { roundRobin, tee } from "../pipe/distribute.ts";
import { type BlockFeeder, createFeeder } from "../pipe/feeder.ts";
import type { JobFeed } from "../pipe/job-feed.ts";
import type { Block, BlockOptions, KeyOptions } from "../pipe/options.ts";
import { pipepartCommand } from "../pipe/part-command.ts";
import { defaultPartBlock, type FilePart } from "../pipe/part-options.ts";
import { fileParts, wholeFile } from "../pipe/parts.ts";
import { openSource } from "../pipe/source.ts";
import { spread } from "../pipe/spread.ts";
import { compileTemplates } from "./command.ts";
import { keyValues } from "./key-values.ts";
import { queueSource, streamSource } from "./stream-source.ts";
import type { Task, TaskData, TaskSource } from "./task.ts";
import { argumentTasks, type JobTasks, type TasksContext } from "./tasks.ts";

/** Tasks whose input is a part of standard input or of files: --pipe, --pipepart and all that goes with them. */
export async function openPipeTasks(context: TasksContext): Promise<JobTasks> {
  const { line } = context;
  const { options } = line;
  if (options.tee) return openTeeTasks(context);
  const templates = compileTemplates(line.command, options, [], false);
  const source = options.pipePart ? partTasks(context) : await stdinTasks(context);
  return { source, templates, names: [], isDone: () => false };
}

/** --tee: each task of the usual input gets all the data. */
async function openTeeTasks(context: TasksContext): Promise<JobTasks> {
  const { line } = context;
  const tasks = await argumentTasks(context);
  if (line.options.pipePart) {
    const part = wholeFile(inputFiles(line)[0]!);
    const withData = (task: Task): Task => ({ ...task, data: partData(part) });
    return {
      ...tasks,
      source: { ...tasks.source, next: async (max) => (await tasks.source.next(max)).map(withData) },
    };
  }
  const place = await openPlace(context);
  // All of them must run at once, so all are known before the data flows.
  const all = [...(await readAll(tasks.source))];
  const feeds = all.map(() => place.feeder.open());
  void tee(await inputBlocks(context), feeds);
  const fed = all.map((task, index) => ({ ...task, data: streamData(feeds[index]!) }));
  return { ...tasks, source: queueSource(fed, place.close), allAtOnce: all.length };
}

async function readAll(source: TaskSource): Promise<Task[]> {
  const all: Task[] = [];
  for (let next = await source.next(4096); next.length > 0; next = await source.next(4096)) all.push(...next);
  return all;
}

async function stdinTasks(context: TasksContext): Promise<TaskSource> {
  const { options } = context.line;
  const place = await openPlace(context);
  const input = await inputBlocks(context);
  const { shard, bin } = options;
  if (options.roundRobin || shard !== undefined || bin !== undefined) {
    return streamSource((start) => {
      const begin = (index: number): JobFeed => {
        const feed = place.feeder.open();
        start({ seq: index + 1, rows: [], data: streamData(feed) });
        return feed;
      };
      const key = shard ?? bin;
      if (key !== undefined) {
        const feeds = Array.from({ length: context.slots() }, (_, index) => begin(index));
        return spread(input, feeds, shard === undefined ? "bin" : "shard", keyOptions(options, key));
      }
      return roundRobin(input, context.slots(), options.keepOrder, begin);
    }, place.close);
  }
  return blockTasks(input, options, place);
}

function blockTasks(input: AsyncIterable<Block>, options: Options, place: Place): TaskSource {
  let seq = 0;
  const iterator = input[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await iterator.next();
      if (done) return [];
      seq++;
      return [
        options.cat || options.fifo ? fileTask(seq, value, options, place) : blockTask(seq, value, place),
      ];
    },
    async total() {
      throw new Error("the number of blocks is known at the end of the input only");
    },
    close: place.close,
  };
}

function blockTask(seq: number, block: Block, place: Place): Task {
  const feeds = new Map<number, JobFeed>();
  return {
    seq,
    rows: [],
    data: {
      bytes: block.bytes,
      feed(slot) {
        const feed = place.feeder.open(block.chunks);
        feeds.set(slot, feed);
        return { stdin: { type: "path", path: feed.path } };
      },
      ended: (slot) => feeds.get(slot)?.close(),
      release: () => block.release(),
    },
  };
}

/** --cat and --fifo: the data is in a file, or comes through a FIFO, that the command names by {}. */
function fileTask(seq: number, block: Block, options: Options, place: Place): Task {
  if (options.fifo) {
    const feed = place.feeder.open(block.chunks);
    return { seq, rows: [[feed.path]], data: { ...streamData(feed), bytes: block.bytes, feed: noStdin } };
  }
  const path = `${place.directory}/cat${seq}`;
  writeFileSync(bufferOf(path), Buffer.concat(block.chunks));
  return {
    seq,
    rows: [[path]],
    data: {
      bytes: block.bytes,
      feed: noStdin,
      ended() {},
      release() {
        block.release();
        unlinkSync(bufferOf(path));
      },
    },
  };
}

const noStdin = (): { stdin: { type: "null" } } => ({ stdin: { type: "null" } });

/** One job that is given data as long as there is some: it cannot be given to a second attempt. */
function streamData(feed: JobFeed): TaskData {
  return {
    bytes: 0,
    feed: () => ({ stdin: { type: "path", path: feed.path } }),
    ended: () => feed.close(),
    release() {},
  };
}

function partTasks({ line, slots }: TasksContext): TaskSource {
  const { options } = line;
  const block = options.block.type === "bytes" ? options.block.bytes : -options.block.parts;
  const parts = fileParts(
    { ...blockOptions(options), block: block === 2 ** 20 ? defaultPartBlock : block, slots: slots() },
    inputFiles(line),
  );
  const iterator = parts[Symbol.asyncIterator]();
  let seq = 0;
  return {
    async next() {
      const { done, value } = await iterator.next();
      if (done) return [];
      return [partTask(++seq, value, options)];
    },
    async total() {
      throw new Error("the number of parts is known at the end only");
    },
    close: () => void iterator.return?.(),
  };
}

function partTask(seq: number, part: FilePart, options: Options): Task {
  if (!options.cat && !options.fifo) return { seq, rows: [], data: partData(part) };
  // The job's shell makes the file itself, from the bytes that it would have read.
  const path = `${options.tmpdir ?? encodeText(tmpdir())}/yonder-part-${process.pid}-${seq}`;
  return { seq, rows: [[path]], data: partData(part, { path, isFifo: options.fifo }) };
}

function partData(part: FilePart, file?: { readonly path: ByteString; readonly isFifo: boolean }): TaskData {
  const bytes = part.end - part.start + part.headerBytes;
  return {
    bytes,
    feed: () => ({ stdin: { type: "null" }, wrap: (command) => wrapPart(part, command, file) }),
    ended() {},
    release() {
      if (file !== undefined) rmSync(bufferOf(file.path), { force: true });
    },
  };
}

function wrapPart(part: FilePart, command: ByteString, file: Parameters<typeof partData>[1]): ByteString {
  if (file === undefined) return pipepartCommand(part, command);
  const { path, isFifo } = file;
  const fill = pipepartCommand(part, `cat >${path}`);
  return isFifo ? `mkfifo ${path}; { ${fill}; } & ${command}` : `${fill}; ${command}`;
}

/** The files of --pipepart. */
function inputFiles(line: CommandLine): ByteString[] {
  return line.sources.flatMap((source) => (source.kind === "file" ? [source.path] : []));
}

/** Where this job's FIFOs and files are. */
interface Place {
  readonly directory: ByteString;
  readonly feeder: BlockFeeder;
  close(): void;
}

async function openPlace({ line, slots }: TasksContext): Promise<Place> {
  const directory = mkdtempSync(`${line.options.tmpdir ?? tmpdir()}/yonder-pipe-`);
  const feeder = await createFeeder(encodeText(directory), slots());
  return {
    directory: encodeText(directory),
    feeder,
    close() {
      feeder.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function inputBlocks({ line, say, stdin }: TasksContext): Promise<AsyncIterable<Block>> {
  const { options } = line;
  const warn = (text: string): void => say(encodeText(`Warning: ${text}`));
  return blocks({ ...blockOptions(options), warn }, await openSource(stdin.fd));
}

function blockOptions(options: Options): BlockOptions {
  const { header, block, groupBy } = options;
  return {
    blockBytes: block.type === "bytes" ? block.bytes : 2 ** 20,
    recstart: options.recstart,
    recend: options.recend,
    regexp: options.regexp,
    removeSeparators: options.removeRecSep,
    records: options.maxReplaceArgs,
    lines: options.maxLines,
    header: header === undefined || header.type === "paths" ? undefined : header,
    skipFirstLine: options.skipFirstLine,
    groupBy: groupBy === undefined ? undefined : keyOptions(options, groupBy),
    skipBlank: options.noRunIfEmpty,
    timeoutMs: options.blockTimeoutMs,
  };
}

function keyOptions(options: Options, key: ByteString): KeyOptions {
  return { key, colsep: options.colsep, evaluate: keyValues };
}
