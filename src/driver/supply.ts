import type { Driver } from "./driver.ts";
import type { Task } from "./kind.ts";
import type { JobObserver } from "./observers.ts";

/** Where tasks come from, in order. */
export interface TaskSource<T> {
  /** The next tasks: at least one, as soon as any is there, at most about `max`; none at the end. */
  next(max: number): Promise<readonly T[]>;
  /** How many tasks may wait, where each holds more than a few words. */
  readonly window?: number;
}

export interface SupplyOptions<T extends Task> {
  readonly source: TaskSource<T>;
  /** All tasks must be known before the first starts. */
  readonly readAll: boolean;
  /** How many attempts the slots may hold together. */
  readonly room: () => number;
  /** How much memory a task takes. */
  readonly bytesOf: (task: T) => number;
  /** The task has an outcome from an earlier run. */
  readonly isDone: (task: T) => boolean;
  /** Told of each of those, in order. */
  readonly resumed: (task: T) => void;
  /** The source ended: the number of tasks is known. */
  readonly closed: (total: number) => void;
  /**
   * Finds out which of these tasks need not run, because what they give is there: they are blocked from then on, and done
   * elsewhere. Asked once for each.
   */
  readonly reuse?: (tasks: readonly T[]) => Promise<ReadonlySet<number>>;
}

/** Keeps a driver in tasks from a source, a window of them at a time. */
export interface Supply<T extends Task> {
  readonly observer: Partial<JobObserver<T>>;
}

/** Tasks kept waiting in memory, beyond what the slots hold. */
const WINDOW_MIN = 256;
/** Beyond as many bytes of values only what the slots need next is kept waiting. */
const WINDOW_BYTES = 2 ** 20;
/** So many are read at once where all are. */
const READ_MAX = 4096;

const NONE: ReadonlySet<number> = new Set();

/** Reads on when less than half a window waits. A source that fails fails the job. */
export function createSupply<T extends Task>(driver: Driver<T>, options: SupplyOptions<T>): Supply<T> {
  const { source, readAll, room } = options;
  const { state, open, attempts } = driver;
  let isReading = false;
  /** Of the tasks that have no outcome. */
  let bytes = 0;

  function fill(): void {
    if (isReading || state.inputClosed || state.ended || state.stop !== "no") return;
    const slotRoom = room();
    const window = source.window ?? (readAll ? Number.POSITIVE_INFINITY : Math.max(WINDOW_MIN, 2 * slotRoom));
    const waiting = open.size - attempts.size;
    if (waiting > window / 2) return;
    // Long values: enough for the slots, and no window of them.
    if (bytes > WINDOW_BYTES && !readAll && waiting >= slotRoom) return;
    isReading = true;
    void read(window === Number.POSITIVE_INFINITY ? READ_MAX : window - waiting);
  }

  async function read(max: number): Promise<void> {
    try {
      const next = await source.next(max);
      const fresh = options.reuse === undefined ? [] : next.filter((task) => !options.isDone(task));
      const reused = fresh.length === 0 ? NONE : await options.reuse!(fresh);
      isReading = false;
      if (!state.ended) add(next, reused);
    } catch (error) {
      driver.fail(error);
    }
  }

  function add(tasks: readonly T[], reused: ReadonlySet<number>): void {
    if (tasks.length === 0) {
      options.closed(state.added);
      return driver.closeInput();
    }
    for (const task of tasks) {
      if (options.isDone(task)) {
        driver.addResumed(task);
        options.resumed(task);
      } else driver.add(task);
    }
    driver.admit();
    for (const task of reused) driver.doneElsewhere(task, true);
  }

  const forget = (task: T): void => void (bytes -= options.bytesOf(task));
  return {
    observer: {
      idle: fill,
      added: (task) => void (bytes += options.bytesOf(task)),
      ended: ({ attempt }, outcome) => outcome && forget(attempt.task),
      settled: forget,
    },
  };
}
