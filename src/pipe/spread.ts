import { type ByteString, bufferOf, bytesOf } from "../bytes/bytes.ts";
import type { JobFeed } from "./job-feed.ts";
import { type KeyReader, keyReader } from "./key.ts";
import type { Block, KeyOptions } from "./options.ts";

/**
 * --shard and --bin: each line goes to the job that the value of its key names. `--bin`: the value is the job's
 * number, from 1, modulo the number of jobs; `--shard`: its hash is. The header serves to name columns and goes to no
 * job. Every line with one value goes to one job, in order; the slowest job sets the pace.
 */
export async function spread(
  blocks: AsyncIterable<Block>,
  feeds: readonly JobFeed[],
  by: "shard" | "bin",
  options: KeyOptions,
): Promise<void> {
  const indexOf = by === "shard" ? shardIndex : binIndex;
  let keysOf: KeyReader | undefined;
  for await (const block of blocks) {
    keysOf ??= keyReader(options, block.header && bytesOf(block.header));
    const shares = await shareOut(bytesOf(block.records), keysOf, (key) => indexOf(key, feeds.length));
    block.release();
    await Promise.all([...shares].map(([index, text]) => feeds[index]!.write([bufferOf(text)])));
    if (feeds.every((feed) => feed.broken)) break;
  }
  for (const feed of feeds) feed.end();
}

async function shareOut(
  text: ByteString,
  keysOf: KeyReader,
  indexOf: (key: ByteString) => number,
): Promise<Map<number, ByteString>> {
  const lines = text.split("\n");
  // What follows the last newline is a line only where there is something.
  const tail = lines.pop()!;
  const ends = lines.map(() => "\n");
  if (tail !== "") {
    lines.push(tail);
    ends.push("");
  }
  const keys = await keysOf(lines);
  const shares = new Map<number, ByteString>();
  for (const [i, line] of lines.entries()) {
    const index = indexOf(keys[i]!);
    shares.set(index, (shares.get(index) ?? "") + line + ends[i]!);
  }
  return shares;
}

/** 1 is the first job, 0 the last, and so on round; what is no number counts as 0, as in perl. */
function binIndex(key: ByteString, jobs: number): number {
  const number = Math.trunc(Number.parseFloat(key)) || 0;
  return (((number - 1) % jobs) + jobs) % jobs;
}

/** FNV-1a, 32 bits. */
function shardIndex(key: ByteString, jobs: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % jobs;
}
