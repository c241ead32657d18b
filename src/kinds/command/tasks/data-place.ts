import { rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { type ByteString, bufferOf, encodeText } from "../../../bytes/bytes.ts";
import { makeTemporaryDirectory } from "../../../directories.ts";
import { type BlockFeeder, createFeeder } from "../../../pipe/feeder.ts";
import type { JobFeed } from "../../../pipe/job-feed.ts";
import type { FilePart } from "../../../pipe/part-options.ts";
import type { TasksContext } from "./job-tasks.ts";

/** Where this job's FIFOs and files are. */
export interface DataPlace {
  readonly directory: ByteString;
  readonly feeder: BlockFeeder;
  close(): void;
}

export async function openDataPlace({ line, slots }: TasksContext): Promise<DataPlace> {
  const directory = makeTemporaryDirectory(`${line.options.tmpdir ?? tmpdir()}/yonder-pipe-`);
  const feeder = await createFeeder(encodeText(directory), slots());
  return {
    directory: encodeText(directory),
    feeder,
    close() {
      feeder.close();
      removeIfPossible(directory);
    },
  };
}

/** To look into a directory takes a descriptor: where there is none left, the error that people read is another one. */
function removeIfPossible(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // It stays, and is empty but for what a job has put there.
  }
}

const READ_BYTES = 1 << 18;

/** Reads a part of a file into a feed, as fast as its job takes it. */
export async function pour({ path, start, end, headerBytes }: FilePart, feed: JobFeed): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(bufferOf(path));
    for (const [from, to] of [
      [0, headerBytes],
      [start, end],
    ] as const) {
      for (let at = from; at < to && !feed.broken; ) {
        const { buffer, bytesRead } = await file.read(
          Buffer.allocUnsafe(READ_BYTES),
          0,
          Math.min(READ_BYTES, to - at),
          at,
        );
        if (bytesRead === 0) break;
        await feed.write([buffer.subarray(0, bytesRead)]);
        at += bytesRead;
      }
    }
    feed.end();
  } finally {
    await file?.close();
  }
}
