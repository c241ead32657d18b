import { runsOf } from "../../journal/outcomes.ts";
import type { OutcomesRecord } from "../../journal/records.ts";
import type { RecordGroup } from "../kind.ts";

/**
 * Gathers tasks that succeeded in no time, for one record each 100 ms and group: hundreds of thousands of them end in a
 * second, where a record each would take longer than they do. Memory is bounded by the tasks of one batch.
 */
export interface RecordGroups {
  add(group: RecordGroup, task: number, startMs: number, endMs: number): void;
  flush(): void;
}

const FLUSH_MS = 100;
const TASKS_MAX = 1 << 14;

interface Bucket {
  readonly group: RecordGroup;
  tasks: Float64Array;
  count: number;
  startMs: number;
  endMs: number;
}

export function recordGroups(write: (record: Omit<OutcomesRecord, "type">) => void): RecordGroups {
  let buckets = new Map<RecordGroup, Bucket>();
  /** That of the latest task: mostly the next one's, too. */
  let latest: Bucket | undefined;
  let count = 0;
  let timer: NodeJS.Timeout | undefined;

  function bucketOf(group: RecordGroup): Bucket {
    const known = buckets.get(group);
    if (known !== undefined) return known;
    const bucket = {
      group,
      tasks: new Float64Array(256),
      count: 0,
      startMs: Number.POSITIVE_INFINITY,
      endMs: 0,
    };
    buckets.set(group, bucket);
    return bucket;
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const full = buckets;
    buckets = new Map();
    latest = undefined;
    count = 0;
    for (const { group, tasks, count, startMs, endMs } of full.values()) {
      // In the order of their ends until now, and some threads work at the same time.
      const sorted = tasks.subarray(0, count).sort();
      write({ ...runsOf(sorted), startMs: round(startMs), endMs: round(endMs), command: group.text });
    }
  }

  return {
    add(group, task, startMs, endMs) {
      if (latest?.group !== group) latest = bucketOf(group);
      if (latest.count === latest.tasks.length) latest.tasks = larger(latest.tasks);
      latest.tasks[latest.count++] = task;
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
