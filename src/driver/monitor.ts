import type { ByteString } from "../bytes/bytes.ts";
import { type Tally, wholeTally } from "../core/verdict.ts";
import type { MemorySampler } from "../journal/peak-memory.ts";
import type { RunningAttempt } from "../journal/status.ts";
import type { JournalWriter } from "../journal/writer.ts";
import type { HostProgress, ProgressState } from "../output/progress/state.ts";
import type { Attempt, LoopView } from "./loop-types.ts";

export interface MonitorOptions {
  readonly view: LoopView;
  /** The outcomes of the runs before. */
  readonly before: Tally;
  readonly journal: JournalWriter;
  readonly memory: MemorySampler;
  readonly commandOf: (attempt: Attempt) => ByteString;
  readonly startMsOf: (attempt: Attempt) => number;
  readonly attemptsBefore: (task: number) => number;
  /** How far each host is, where there are several. */
  readonly hosts: (() => readonly HostProgress[]) | undefined;
  /** Why nothing starts; undefined where it is only that all slots are busy. */
  readonly reason: () => string | undefined;
  /** The number of tasks, where it was counted ahead. */
  readonly total: () => number | undefined;
}

/** Looks at a job that runs, for `yonder show`, for peak memory, and for progress. */
export interface Monitor {
  state(): ProgressState;
  stop(): void;
}

const INTERVAL_MS = 250;

export function startMonitor(options: MonitorOptions): Monitor {
  const { view, journal, memory } = options;
  const startedMs = Date.now();
  const look = (): void => {
    memory.sample(view.running.values());
    journal.status(() => ({
      slots: view.slots,
      running: runningNow(options),
      waiting: view.added - doneCount(view) - view.running.size,
      ...reasonOf(options),
    }));
  };
  const timer = setInterval(look, INTERVAL_MS);
  timer.unref();
  return {
    state() {
      const counts = wholeTally(options.before, view.counts);
      const oldest = firstOf(view.running.values());
      const latest = lastOf(view.running.values());
      return {
        total: view.isInputClosed ? view.added : options.total(),
        succeeded: counts.succeeded,
        failed: counts.failed + counts.timedOut,
        running: Math.min(view.running.size, view.slots),
        slots: view.slots,
        elapsedMs: Date.now() - startedMs,
        ...(options.hosts && { hosts: options.hosts() }),
        ...(oldest && {
          slowest: { command: options.commandOf(oldest), elapsedMs: Date.now() - options.startMsOf(oldest) },
        }),
        ...(latest && { latestArgument: latest.task.rows[0]?.join(" ") ?? "" }),
      };
    },
    stop: () => clearInterval(timer),
  };
}

function runningNow({ view, commandOf, startMsOf, attemptsBefore }: MonitorOptions): RunningAttempt[] {
  return [...view.running.values()].map((attempt) => ({
    task: attempt.task.seq,
    attempt: attemptsBefore(attempt.task.seq) + attempt.attempt,
    slot: attempt.slot,
    startMs: startMsOf(attempt),
    command: commandOf(attempt),
  }));
}

function reasonOf({ reason }: MonitorOptions): { reason?: string } {
  const text = reason();
  return text === undefined ? {} : { reason: text };
}

function doneCount({ counts, resumed }: LoopView): number {
  return counts.succeeded + counts.failed + counts.timedOut + counts.cancelled + counts.skipped + resumed;
}

/** Maps keep the order in which attempts were started. */
function firstOf<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}

function lastOf<T>(values: Iterable<T>): T | undefined {
  let last: T | undefined;
  for (const value of values) last = value;
  return last;
}
