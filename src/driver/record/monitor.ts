import { runningCount } from "../../core/state.ts";
import { type Tally, wholeTally } from "../../core/verdict.ts";
import type { JobStatus } from "../../journal/status.ts";
import type { JournalWriter } from "../../journal/writer.ts";
import type { ProgressState } from "../../output/progress/state.ts";
import type { Driver } from "../driver.ts";
import { type RunningAttempt, runningAttempts, waitingCount } from "../running.ts";
import type { PeakMemory } from "./peak-memory.ts";

export interface MonitorOptions {
  readonly driver: Driver;
  readonly journal: JournalWriter;
  readonly peaks: PeakMemory;
  readonly everyMs: number;
  readonly attemptsBefore: (task: number) => number;
  /** Why nothing starts; undefined where it is only that all slots are busy. */
  readonly reason: () => string | undefined;
  /** Done at each look, before it. */
  readonly look?: () => void;
}

/** Looks at a job that runs from time to time, for `yonder show` and for peak memory, until the returned function is called. */
export function startMonitor(options: MonitorOptions): () => void {
  const { driver, journal, peaks } = options;
  const look = (): void => {
    options.look?.();
    peaks.sample(attemptsOf(driver));
    journal.status(() => statusOf(options));
  };
  const timer = setInterval(look, options.everyMs).unref();
  return () => clearInterval(timer);
}

function* attemptsOf(driver: Driver): Generator<RunningAttempt["attempt"]> {
  for (const { attempt } of runningAttempts(driver)) yield attempt;
}

/** So many of the tasks that run are told; of those that only wait for something, thousands can. */
const RUNNING_MAX = 1000;

function statusOf({ driver, peaks, reason, attemptsBefore }: MonitorOptions): JobStatus {
  const text = reason();
  const running = [];
  for (const { attempt, startMs } of runningAttempts(driver)) {
    if (running.length === RUNNING_MAX) break;
    const { task, number, slot, id } = attempt;
    const peakMemoryBytes = peaks.of(id);
    running.push({
      task: task.seq,
      attempt: attemptsBefore(task.seq) + number,
      slot,
      startMs,
      command: task.kind.describe(attempt),
      ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
    });
  }
  return {
    slots: openSlotCount(driver),
    running,
    waiting: waitingCount(driver),
    ...(text !== undefined && { reason: text }),
  };
}

/** Slots of the first pool that may be used. */
function openSlotCount({ state }: Driver): number {
  const { isOpen, count } = state.pools[0]!;
  let open = 0;
  for (let slot = 1; slot <= count; slot++) open += isOpen[slot]!;
  return open;
}

export interface ProgressOptions {
  readonly driver: Driver;
  /** The outcomes of the runs before. */
  readonly before: Tally;
  readonly startedMs: number;
  /** Of the whole job; undefined while nobody knows. */
  readonly total: () => number | undefined;
}

/** How far the job is now. */
export function progressOf({ driver, before, startedMs, total }: ProgressOptions): ProgressState {
  const { state } = driver;
  const counts = wholeTally(before, state.counts);
  const slowest = slowestOf(driver);
  const nowMs = Date.now();
  return {
    total: state.inputClosed ? state.added : total(),
    succeeded: counts.succeeded,
    failed: counts.failed + counts.timedOut,
    running: runningCount(state),
    waiting: waitingCount(driver),
    slots: openSlotCount(driver),
    elapsedMs: nowMs - startedMs,
    ...(slowest && {
      slowest: {
        command: slowest.attempt.task.kind.describe(slowest.attempt),
        elapsedMs: nowMs - slowest.startMs,
      },
    }),
  };
}

/** The one that has been running longest. */
function slowestOf(driver: Driver): RunningAttempt | undefined {
  let slowest: RunningAttempt | undefined;
  for (const one of runningAttempts(driver)) {
    if (slowest === undefined || one.startMs < slowest.startMs) slowest = one;
  }
  return slowest;
}
