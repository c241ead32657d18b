import { rmSync, unlinkSync, writeFileSync } from "node:fs";
import { type ByteString, bufferOf, encodeText } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { DataFile } from "../../../interface/launcher.ts";
import type { Options } from "../../../options/options.ts";
import type { CommandLine } from "../../../options/parse.ts";
import { blocks } from "../../../pipe/blocks.ts";
import { roundRobin, tee } from "../../../pipe/distribute.ts";
import type { JobFeed } from "../../../pipe/job-feed.ts";
import type { Block } from "../../../pipe/options.ts";
import { wholeFile } from "../../../pipe/parts.ts";
import { openSource } from "../../../pipe/source.ts";
import { spread } from "../../../pipe/spread.ts";
import { compileTemplates } from "../text/templates.ts";
import { argumentTasks } from "./argument-tasks.ts";
import { type DataPlace, openDataPlace } from "./data-place.ts";
import { doneBefore } from "./done-before.ts";
import type { JobTasks, TasksContext } from "./job-tasks.ts";
import { inputFiles, partTask, partTasks, remotePlace } from "./part-tasks.ts";
import { blockOptions, keyOptions } from "./pipe-options.ts";
import { streamSource } from "./stream-source.ts";
import {
  type Feed,
  fromFile,
  NAMED_DATA,
  type Task,
  type TaskData,
  type TaskSource,
  unknownTotal,
} from "./task.ts";

/** Tasks whose input is a part of standard input or of files: --pipe, --pipepart and all that goes with them. */
export async function openPipeTasks(context: TasksContext): Promise<JobTasks> {
  const { line } = context;
  const { options } = line;
  if (options.roundRobin && (options.retries !== 1 || options.retriesTemplate !== undefined)) {
    throw new YonderError("USAGE", {
      message: "--retries cannot be combined with --roundrobin.",
      remedy: "a block that went to a job cannot be taken back: use --pipe alone",
    });
  }
  if (options.tee) return openTeeTasks(context);
  refuseWithoutCommand(line);
  // Where the data has a name, a command that does not say where gets it behind it.
  const templates = compileTemplates(line.command, options, [], options.cat || options.fifo);
  const source = options.pipePart ? await partTasks(context) : await stdinTasks(context);
  return { source, templates, names: [], isDone: doneBefore(options, []) };
}

/** Blocks that no command reads would be lost without a word. */
function refuseWithoutCommand({ command }: CommandLine): void {
  if (command.join("") !== "") return;
  throw new YonderError("USAGE", {
    message: "--pipe/--pipepart must have a command to pipe into (e.g. 'cat').",
  });
}

/** --tee: each task of the usual input gets all the data. */
async function openTeeTasks(context: TasksContext): Promise<JobTasks> {
  const { line } = context;
  const { options, sources } = line;
  if (options.pipePart) {
    const [path = ""] = inputFiles(sources);
    const values = sources.filter((source) => source.kind === "values");
    const tasks = await argumentTasks({ ...context, line: { ...line, sources: values } });
    const place = await remotePlace(context);
    const withData = (task: Task): Task => partTask(task, wholeFile(path), options, place);
    const next: TaskSource["next"] = async (max) => (await tasks.source.next(max)).map(withData);
    const close = (): void => {
      tasks.source.close();
      place?.close();
    };
    return { ...tasks, source: { ...tasks.source, next, close } };
  }
  const tasks = await argumentTasks(context);
  // All of them must run at once, so all are known before the data flows.
  const all = await readAll(tasks.source);
  const place = await openDataPlace(context);
  const input = await inputBlocks(context);
  const source = streamSource((start) => {
    const feeds = all.map(() => place.feeder.open());
    for (const [index, task] of all.entries()) start(streamTask(task, feeds[index]!, options));
    return tee(input, feeds);
  }, place.close);
  return { ...tasks, source, allAtOnce: all.length };
}

async function readAll(source: TaskSource): Promise<Task[]> {
  const all: Task[] = [];
  for (let next = await source.next(4096); next.length > 0; next = await source.next(4096)) all.push(...next);
  return all;
}

async function stdinTasks(context: TasksContext): Promise<TaskSource> {
  const { options } = context.line;
  const place = await openDataPlace(context);
  const input = await inputBlocks(context);
  const { shard, bin } = options;
  if (options.roundRobin || shard !== undefined || bin !== undefined) {
    return streamSource((start) => {
      const begin = (index: number): JobFeed => {
        const feed = place.feeder.open();
        start(streamTask({ seq: index + 1, rows: [], value: "" }, feed, options));
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

function blockTasks(input: AsyncIterable<Block>, options: Options, place: DataPlace): TaskSource {
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
    total: unknownTotal,
    // Each holds a block of data.
    window: 2,
    close: place.close,
  };
}

function blockTask(seq: number, block: Block, place: DataPlace): Task {
  return {
    seq,
    rows: [],
    value: "",
    data: blockData(block, place, (path) => ({ stdin: { type: "path", path } })),
  };
}

/** Each attempt reads it anew, through a FIFO of its own. */
function blockData(
  block: Block,
  place: DataPlace,
  feedOf: (path: ByteString, isRemote: boolean) => Feed,
): TaskData {
  const feeds = new Map<number, JobFeed>();
  return {
    bytes: block.bytes,
    feed(slot, isRemote) {
      const feed = place.feeder.open(block.chunks);
      feeds.set(slot, feed);
      return feedOf(feed.path, isRemote);
    },
    ended: (slot) => feeds.get(slot)?.close(),
    release: () => block.release(),
  };
}

/** --cat and --fifo: the data is in a file, or comes through a FIFO, that the command names by {}. */
function fileTask(seq: number, block: Block, options: Options, place: DataPlace): Task {
  const as = options.fifo ? "fifo" : "file";
  const piped = blockData(block, place, (path, isRemote) =>
    isRemote ? { stdin: { type: "path", path, as } } : fromFile(path),
  );
  const data = options.fifo ? piped : withCopy(piped, block, `${place.directory}/cat${seq}`);
  return { seq, ...NAMED_DATA, data };
}

/** On this machine all attempts find the block in one file. */
function withCopy(piped: TaskData, block: Block, path: ByteString): TaskData {
  let isWritten = false;
  return {
    ...piped,
    feed(slot, isRemote) {
      if (isRemote) return piped.feed(slot, true);
      if (!isWritten) writeFileSync(bufferOf(path), Buffer.concat(block.chunks));
      isWritten = true;
      return fromFile(path);
    },
    release() {
      block.release();
      if (isWritten) unlinkSync(bufferOf(path));
    },
  };
}

/** A job that is given data as long as there is some: what it has read cannot be given to a second attempt. */
function streamTask(task: Task, feed: JobFeed, { cat, fifo }: Options): Task {
  const as = fifo ? "fifo" : cat ? "file" : undefined;
  const data: TaskData = {
    get bytes() {
      return feed.bytes;
    },
    feed: (_slot, isRemote) => streamFeed(feed.path, as, isRemote),
    ended: () => feed.close(),
    release() {
      if (as === "file") rmSync(bufferOf(copyOf(feed.path)), { force: true });
    },
    isOnce: true,
  };
  return { ...task, ...(as && NAMED_DATA), data };
}

function streamFeed(path: ByteString, as: DataFile | undefined, isRemote: boolean): Feed {
  if (as === undefined || isRemote) return { stdin: { type: "path", path, ...(as && { as }) } };
  if (as === "fifo") return fromFile(path);
  const copy = copyOf(path);
  const wrap = (command: ByteString): ByteString => `cat <${quoteWord(path)} >${quoteWord(copy)}; ${command}`;
  return { ...fromFile(copy), wrap };
}

/** The file that the job's shell makes of what comes through a FIFO. */
function copyOf(fifo: ByteString): ByteString {
  return `${fifo}.data`;
}

async function inputBlocks({ line, say, stdin }: TasksContext): Promise<AsyncIterable<Block>> {
  const { options } = line;
  const warn = (text: string): void => say(encodeText(`Warning: ${text}`));
  return blocks({ ...blockOptions(options), warn }, await openSource(stdin.fd));
}
