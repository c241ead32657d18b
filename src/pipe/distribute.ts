import type { JobFeed } from "./job-feed.ts";
import type { Block } from "./options.ts";

/**
 * Starts a job that gets many blocks. Called once for each job, in order, when its first block is there. A feed whose
 * attempt ends, or will never start, must be closed, or the others wait for it.
 */
export type StartJob = (index: number) => JobFeed;

/**
 * --round-robin: each block goes to a job that is ready for one, or with `inOrder` (-k) to the jobs in turn; the header
 * goes to each job once. As many jobs are started as there are blocks, at most `jobs`. Resolves when all input is written and ended.
 */
export async function roundRobin(
  blocks: AsyncIterable<Block>,
  jobs: number,
  inOrder: boolean,
  start: StartJob,
): Promise<void> {
  const runners: Runner[] = [];
  let next = 0;
  for await (const block of blocks) {
    if (runners.length < jobs) {
      const runner = createRunner(start(runners.length));
      runners.push(runner);
      runner.give(block);
      continue;
    }
    if (runners.every((runner) => runner.feed.broken)) {
      block.release();
      break;
    }
    const runner = inOrder ? runners[next++ % jobs]! : await firstReady(runners, next++);
    if (inOrder) await runner.ready();
    runner.give(block);
  }
  for (const { feed } of runners) feed.end();
  await Promise.all(runners.map((runner) => runner.ready()));
}

/** --tee: every job gets every block, and the header once; the slowest job sets the pace. */
export async function tee(blocks: AsyncIterable<Block>, feeds: readonly JobFeed[]): Promise<void> {
  let isFirst = true;
  for await (const block of blocks) {
    const chunks = isFirst ? block.chunks : [block.records];
    isFirst = false;
    await Promise.all(feeds.map((feed) => feed.write(chunks)));
    block.release();
    if (feeds.every((feed) => feed.broken)) break;
  }
  for (const feed of feeds) feed.end();
}

/** A job and the block that it has not taken yet, if any. */
interface Runner {
  readonly feed: JobFeed;
  busy: boolean;
  give(block: Block): void;
  /** Resolves when it can take a block. */
  ready(): Promise<void>;
  /** Called whenever it becomes ready. */
  onReady: () => void;
}

function createRunner(feed: JobFeed): Runner {
  let writing = Promise.resolve();
  let isFirst = true;
  const runner: Runner = {
    feed,
    busy: false,
    onReady: () => undefined,
    give(block) {
      runner.busy = true;
      const chunks = isFirst ? block.chunks : [block.records];
      isFirst = false;
      writing = feed.write(chunks).then(() => {
        block.release();
        runner.busy = false;
        runner.onReady();
      });
    },
    ready: () => writing,
  };
  return runner;
}

/** One that is ready and still reads, looking from one place after the other so that all get their share. */
async function firstReady(runners: readonly Runner[], from: number): Promise<Runner> {
  for (;;) {
    for (let i = 0; i < runners.length; i++) {
      const runner = runners[(from + i) % runners.length]!;
      if (!runner.busy && !runner.feed.broken) return runner;
    }
    const reading = runners.filter((runner) => !runner.feed.broken);
    if (reading.length === 0) return runners[0]!;
    await new Promise<void>((resolve) => {
      for (const runner of runners) runner.onReady = resolve;
    });
  }
}
