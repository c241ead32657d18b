import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type ByteString, bytesOf, encodeText } from "../../bytes/bytes.ts";
import { makeDirectories } from "../../directories.ts";
import type { OutputSource } from "../../journal/keeper.ts";
import type { AttemptOutput } from "../../journal/writer.ts";

/** What tasks that are not captured write while they run, until the journal takes it: a little in memory, more in files. */
export interface WrittenOutputs {
  has(task: number): boolean;
  add(task: number, stream: 1 | 2, text: string): void;
  /** Hands over what the task has written, whole, and forgets it; undefined for nothing. `keep` is done with the files then. */
  take(task: number, keep: (output: AttemptOutput | undefined) => void): void;
  /** Forgets it all; gives the last of its standard error, as far as that is in memory. */
  drop(task: number): ByteString;
  close(): void;
}

const MEMORY_BYTES_MAX = 64 * 1024;
const TAIL_BYTES = 2048;

interface Stream {
  readonly path: string;
  chunks: Buffer[];
  /** In `chunks`. */
  bytes: number;
  fileBytes: number;
}

type Streams = { 1?: Stream; 2?: Stream };

/**
 * Nothing here throws: when the file system refuses, `warn` is called once, and what is in files is not kept any more.
 *
 * @param directory for files; made when the first is needed
 */
export function writtenOutputs(directory: string, warn: (line: string) => void): WrittenOutputs {
  const all = new Map<number, Streams>();
  let isMade = false;
  let isBroken = false;

  const spill = (stream: Stream): void => {
    try {
      if (!isMade) makeDirectories(directory, 0o700);
      isMade = true;
      if (!isBroken) appendFileSync(stream.path, Buffer.concat(stream.chunks), { mode: 0o600 });
      stream.fileBytes += stream.bytes;
    } catch (error) {
      isBroken = true;
      warn(`long outputs of tasks are not kept: ${(error as Error).message}`);
    }
    stream.chunks = [];
    stream.bytes = 0;
  };
  const sourceOf = (stream: Stream | undefined): OutputSource | undefined => {
    if (stream === undefined) return undefined;
    if (stream.fileBytes === 0) return { type: "bytes", bytes: Buffer.concat(stream.chunks) };
    spill(stream);
    if (isBroken) return undefined;
    return { type: "file", path: encodeText(stream.path), sizeBytes: stream.fileBytes };
  };
  const forget = (task: number, { 1: stdout, 2: stderr }: Streams): void => {
    all.delete(task);
    for (const stream of [stdout, stderr])
      if (stream && stream.fileBytes > 0) rmSync(stream.path, { force: true });
  };
  return {
    has: (task) => all.size > 0 && all.has(task),
    add(task, number, text) {
      let streams = all.get(task);
      if (streams === undefined) all.set(task, (streams = {}));
      const path = join(directory, `${task}.${number}`);
      const stream = (streams[number] ??= { path, chunks: [], bytes: 0, fileBytes: 0 });
      const chunk = Buffer.from(text);
      stream.chunks.push(chunk);
      stream.bytes += chunk.length;
      if (stream.bytes > MEMORY_BYTES_MAX) spill(stream);
    },
    take(task, keep) {
      const streams = all.get(task);
      if (streams === undefined) return keep(undefined);
      const [stdout, stderr] = [sourceOf(streams[1]), sourceOf(streams[2])];
      keep({ ...(stdout && { stdout }), ...(stderr && { stderr }) });
      forget(task, streams);
    },
    drop(task) {
      const streams = all.get(task);
      if (streams === undefined) return "";
      const tail = tailOf(streams[2]);
      forget(task, streams);
      return tail;
    },
    close() {
      if (isMade) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function tailOf(stream: Stream | undefined): ByteString {
  if (stream === undefined) return "";
  return bytesOf(Buffer.concat(stream.chunks)).slice(-TAIL_BYTES);
}
