import { openEventFile } from "./event-file.ts";

/**
 * A job's attempts over time, in the trace event format (JSON array) that https://ui.perfetto.dev and chrome://tracing open:
 * a track for each slot, a slice for each attempt, arrows from results to what used them, and counts of what runs and waits.
 *
 * Format: "Trace Event Format", https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU. Times in it are
 * microseconds, here since the job's start.
 */
export interface Timeline {
  attempt(attempt: TimelineAttempt): void;
  /** An arrow from the end of one attempt to the start of a later one. */
  flow(from: Moment, to: Moment): void;
  /** Kept for a while: at most one in 10 ms is written. `count` is called for those. */
  counts(nowMs: number, count: () => { readonly running: number; readonly waiting: number }): void;
  close(): void;
}

export interface Track {
  /** What its slots are: "slot", "thread". Slots of the same name and number are one track. */
  readonly group: string;
  /** From 1. 0: nobody says which, and its attempts may overlap. */
  readonly slot: number;
}

export interface Moment extends Track {
  readonly atMs: number;
}

export interface TimelineAttempt extends Track {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** How the attempt ended: "succeeded", "failed", "retried" and so on. */
  readonly result: string;
  /** Shown beside it. */
  readonly args: Readonly<Record<string, string | number>>;
}

const COUNTS_MS = 10;
const NAME_CHARS_MAX = 200;
/** Tracks of one group lie together, however many slots it has. */
const GROUP_SLOTS = 1_000_000;

/**
 * @param name of the job, for people
 * @throws YonderError OUTPUT where the file cannot be made
 */
export function openTimeline(
  path: string | Buffer,
  name: string,
  startMs: number,
  onError: (error: Error) => void,
): Timeline {
  const file = openEventFile(path, onError);
  const { pid } = process;
  const groups: string[] = [];
  const named = new Set<number>();
  let countsMs = Number.NEGATIVE_INFINITY;
  let ids = 0;

  const us = (ms: number): number => Math.round((ms - startMs) * 1e6) / 1e3;
  function threadOf({ group, slot }: Track): number {
    let index = groups.indexOf(group);
    if (index === -1) index = groups.push(group) - 1;
    const tid = index * GROUP_SLOTS + slot;
    if (named.has(tid)) return tid;
    named.add(tid);
    file.add({
      ph: "M",
      name: "thread_name",
      pid,
      tid,
      args: { name: slot === 0 ? group : `${group} ${slot}` },
    });
    file.add({ ph: "M", name: "thread_sort_index", pid, tid, args: { sort_index: tid } });
    return tid;
  }

  file.add({ ph: "M", name: "process_name", pid, tid: 0, args: { name } });
  return {
    attempt(attempt) {
      const { startMs, endMs, result } = attempt;
      const event = {
        name: attempt.name.slice(0, NAME_CHARS_MAX),
        cat: result === "succeeded" ? "task" : `task,${result}`,
        pid,
        tid: threadOf(attempt),
        ts: us(startMs),
        args: { ...attempt.args, result },
      };
      if (attempt.slot > 0)
        file.add({ ph: "X", ...event, dur: Math.max(0, Math.round((endMs - startMs) * 1e6) / 1e3) });
      else {
        // Slices of a track must nest; those of an id of their own need not.
        const id = ++ids;
        file.add({ ph: "b", id, ...event });
        file.add({ ph: "e", id, name: event.name, cat: event.cat, pid, tid: event.tid, ts: us(endMs) });
      }
    },
    flow(from, to) {
      const flow = { name: "result", cat: "input", pid, id: ++ids };
      file.add({ ...flow, ph: "s", tid: threadOf(from), ts: us(from.atMs) });
      // "e": it leads to the slice around it, not to the next one.
      file.add({ ...flow, ph: "f", bp: "e", tid: threadOf(to), ts: us(to.atMs) });
    },
    counts(nowMs, count) {
      if (nowMs - countsMs < COUNTS_MS) return;
      countsMs = nowMs;
      const { running, waiting } = count();
      file.add({ ph: "C", name: "tasks", pid, tid: 0, ts: us(nowMs), args: { running, waiting } });
    },
    close: file.close,
  };
}
