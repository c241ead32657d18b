import type { ByteString } from "../bytes/bytes.ts";
import { createFifoPool, hasReader } from "./fifo.ts";
import { createFeed, type JobFeed } from "./job-feed.ts";

/** Makes the standard inputs of jobs: FIFOs that this process writes and a job opens by path. */
export interface BlockFeeder {
  /** A feed for one attempt; with chunks, they are all that the attempt gets. */
  open(chunks?: readonly Buffer[]): JobFeed;
  /** Closes what is open and removes the FIFOs. */
  close(): void;
}

/** How often a feed is looked at whose job has not started yet. */
const pollMsMin = 1;
const pollMsMax = 16;

/** `directory` exists and belongs to this run. `slots`: how many feeds there usually are at the same time. */
export async function createFeeder(directory: ByteString, slots: number): Promise<BlockFeeder> {
  const { Socket } = await import("node:net");
  const pool = createFifoPool(directory, Math.max(16, Math.min(slots, 64)));
  const open = new Set<JobFeed>();
  const waiting = new Map<JobFeed, () => void>();
  let timer: NodeJS.Timeout | undefined;
  let pollMs = pollMsMin;

  /**
   * A job must have opened its FIFO before this process closes its own ends, or the bytes are gone. The kernel tells
   * nobody that a FIFO was opened, so feeds that wait for it are looked at, less and less often.
   */
  function poll(): void {
    timer = undefined;
    let started = false;
    for (const [feed, onReader] of waiting) {
      if (!hasReader(feed.path)) continue;
      waiting.delete(feed);
      onReader();
      started = true;
    }
    pollMs = started ? pollMsMin : Math.min(pollMs * 2, pollMsMax);
    schedule();
  }

  function schedule(): void {
    if (timer === undefined && waiting.size > 0) timer = setTimeout(poll, pollMs);
  }

  function watch(feed: JobFeed, onReader: () => void): void {
    waiting.set(feed, onReader);
    if (pollMs > pollMsMin) {
      clearTimeout(timer);
      timer = undefined;
      pollMs = pollMsMin;
    }
    schedule();
  }

  return {
    open(chunks) {
      const path = pool.take();
      const feed = createFeed(path, chunks ?? [], {
        Socket,
        watch,
        retire: pool.retire,
        onClose(closed, retired) {
          waiting.delete(closed);
          open.delete(closed);
          if (!retired) pool.give(path);
        },
      });
      open.add(feed);
      if (chunks !== undefined) feed.end();
      return feed;
    },
    close() {
      for (const feed of open) feed.close();
      clearTimeout(timer);
      pool.close();
    },
  };
}
