import { runsOf } from "../../journal/outcomes.ts";
import type { OutcomesRecord } from "../../journal/records.ts";
import type { Call, SessionFunction } from "../call.ts";
import { anyCommand } from "./preview.ts";

/**
 * Gathers tasks that succeeded in no time, for one record each 100 ms and function: hundreds of thousands of them end in a
 * second, where a record each would take longer than they do. Memory is bounded by the tasks of one batch.
 */
export interface TaskRuns {
  add(call: Call, startMs: number, endMs: number): void;
  flush(): void;
}

const FLUSH_MS = 100;
const TASKS_MAX = 1 << 14;

interface Bucket {
  readonly fn: SessionFunction;
  tasks: Float64Array;
  count: number;
  startMs: number;
  endMs: number;
}

export function taskRuns(write: (record: Omit<OutcomesRecord, "type">) => void): TaskRuns {
  let buckets = new Map<SessionFunction, Bucket>();
  /** That of the latest task: mostly the next one's, too. */
  let latest: Bucket | undefined;
  let count = 0;
  let timer: NodeJS.Timeout | undefined;

  function bucketOf(fn: SessionFunction): Bucket {
    const known = buckets.get(fn);
    if (known !== undefined) return known;
    const bucket = {
      fn,
      tasks: new Float64Array(256),
      count: 0,
      startMs: Number.POSITIVE_INFINITY,
      endMs: 0,
    };
    buckets.set(fn, bucket);
    return bucket;
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const full = buckets;
    buckets = new Map();
    latest = undefined;
    count = 0;
    for (const { fn, tasks, count, startMs, endMs } of full.values()) {
      // In the order of their ends until now, and some threads work at the same time.
      const sorted = tasks.subarray(0, count).sort();
      write({ ...runsOf(sorted), startMs: round(startMs), endMs: round(endMs), command: anyCommand(fn) });
    }
  }

  return {
    add(call, startMs, endMs) {
      if (latest?.fn !== call.fn) latest = bucketOf(call.fn);
      if (latest.count === latest.tasks.length) latest.tasks = larger(latest.tasks);
      latest.tasks[latest.count++] = call.task;
      if (startMs < latest.startMs) latest.startMs = startMs;
      if (endMs > latest.endMs) latest.endMs = endMs;
      if (++count >= TASKS_MAX) flush();
      else timer ??= setTimeout(flush, FLUSH_MS).unref();
    },
    flush,
  };
}

function larger(tasks: Float64Array): Float64Array {
  const more = new Float64Array(tasks.length * 4);
  more.set(tasks);
  return more;
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
