import type { Sink } from "../../../output/sink-types.ts";

/** So many ended tasks may wait to be shown: their records are in memory. */
const BACKLOG_TASKS_MAX = 100_000;
const BACKLOG_BYTES_MAX = 1 << 30;
export const BACKLOG_LOOK_MS = 200;

export function isBacklogFull(sink: Sink): boolean {
  return sink.backlogTasks > BACKLOG_TASKS_MAX || sink.backlogBytes > BACKLOG_BYTES_MAX;
}

/**
 * Looks at what running jobs have written, as often as --line-buffer and its like ask, and at what waits to be written:
 * a reader that is slower than the jobs slows them down.
 */
export function pollSink(sink: Sink, onBacklog: (isFull: boolean) => void): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isFull = false;
  const look = (): void => {
    const delay = sink.poll();
    const full = isBacklogFull(sink);
    if (full !== isFull) onBacklog((isFull = full));
    timer = setTimeout(look, delay ?? BACKLOG_LOOK_MS);
  };
  look();
  return { stop: () => clearTimeout(timer) };
}
