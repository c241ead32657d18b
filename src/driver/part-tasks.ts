import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { type ByteString, bufferOf, encodeText } from "../bytes/bytes.ts";
import { quoteWord } from "../bytes/quote.ts";
import type { Options } from "../options/options.ts";
import type { CommandLine } from "../options/parse.ts";
import { pipepartCommand } from "../pipe/part-command.ts";
import { defaultPartBlock, type FilePart } from "../pipe/part-options.ts";
import { fileParts } from "../pipe/parts.ts";
import { blockOptions } from "./pipe-options.ts";
import { type Task, type TaskData, type TaskSource, unknownTotal, withFile } from "./task.ts";
import type { TasksContext } from "./tasks.ts";

/** --pipepart: each task reads its part of a file by itself. */
export function partTasks({ line, slots }: TasksContext): TaskSource {
  const { options } = line;
  const parts = fileParts(
    { ...blockOptions(options), block: partBlock(options), slots: slots() },
    inputFiles(line.sources),
  );
  const iterator = parts[Symbol.asyncIterator]();
  let seq = 0;
  return {
    async next() {
      const { done, value } = await iterator.next();
      if (done) return [];
      return [partTask(++seq, value, options)];
    },
    total: unknownTotal,
    close: () => void iterator.return?.(),
  };
}

function partTask(seq: number, part: FilePart, options: Options): Task {
  if (!options.cat && !options.fifo) return { seq, rows: [], data: partData(part) };
  // The job's shell makes the file itself, from the bytes that it would have read.
  const path = `${options.tmpdir ?? encodeText(tmpdir())}/yonder-part-${process.pid}-${seq}`;
  return { seq, ...withFile(path), data: partData(part, { path, isFifo: options.fifo }) };
}

export function partData(
  part: FilePart,
  file?: { readonly path: ByteString; readonly isFifo: boolean },
): TaskData {
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

function partBlock({ block }: Options): number {
  if (block === undefined) return defaultPartBlock;
  return block.type === "bytes" ? block.bytes : -block.parts;
}

function wrapPart(part: FilePart, command: ByteString, file: Parameters<typeof partData>[1]): ByteString {
  if (file === undefined) return pipepartCommand(part, command);
  const path = quoteWord(file.path);
  const fill = pipepartCommand(part, `cat >${path}`);
  return file.isFifo ? `mkfifo ${path}; { ${fill}; } & ${command}` : `${fill}; ${command}`;
}

/** The files of --pipepart. */
export function inputFiles(sources: CommandLine["sources"]): ByteString[] {
  return sources.flatMap((source) => (source.kind === "file" ? [source.path] : []));
}
