import type { HaltCounted, JobSummary, Outcome } from "../core/events.ts";
import type { JobPolicy } from "../core/policy.ts";
import type { AttemptEnd } from "../interface/launcher.ts";
import type { Layout } from "./hosts/layout.ts";
import type { Task, TaskSource } from "./task.ts";

/** One execution that has been asked for and has not ended. */
export interface Attempt {
  /** What the launcher knows it by. */
  readonly id: number;
  readonly task: Task;
  readonly attempt: number;
  readonly slot: number;
}

/** What the loop makes happen; everything that touches the world is behind this. */
export interface Hands {
  /** Starts it; "skip" where its template says so. Ends arrive by `Loop.ended` and `Loop.returned`, never from within. */
  start(attempt: Attempt): "started" | "skip";
  /** Takes it back if it has not begun. */
  revoke(attempt: Attempt): boolean;
  /** Sends the termination sequence. */
  terminate(attempt: Attempt): void;
  /** It was taken back before it began, and will start again as another. */
  returned(attempt: Attempt): void;
  /** An attempt is over. No outcome: it will be tried again. */
  finished(attempt: Attempt, end: AttemptEnd, outcome: Outcome | undefined): void;
  /** A task has its outcome from an earlier run. */
  resumed(task: Task): void;
  /** A task has its outcome without an attempt that ended: skipped, or cancelled while it waited. */
  settled(task: number, args: Task | undefined, outcome: Outcome): void;
  haltCounted(effect: HaltCounted, attempt: Attempt | undefined): void;
  /** Looks whether a start is allowed now (--load, --memfree, …); resolves with the reason where not, again until it is. */
  checkGate(onBlocked: (reason: string) => void): Promise<void>;
  /** The source ended: the number of tasks is known. */
  inputClosed(total: number): void;
}

export interface LoopOptions {
  readonly policy: JobPolicy;
  readonly source: TaskSource;
  readonly hands: Hands;
  /** Asked again after each attempt (--jobs FILE), and after `slotsChanged`. */
  readonly layout: () => Layout;
  /** The task has an outcome from an earlier run. */
  readonly isDone: (task: Task) => boolean;
  /** How often a task may run in all, where that is its own: 0 is without limit. Missing: as the policy says. */
  readonly triesOf?: (task: Task) => number;
  /** Attempts may wait in a slot behind another, and be taken back from there. */
  readonly queueAhead: boolean;
  /** All tasks must be known before the first starts. */
  readonly readAll: boolean;
  /** Which of these tasks have succeeded before they are in line, because what they give is there. Asked once for each. */
  readonly reuse?: (tasks: readonly Task[]) => Promise<ReadonlySet<number>>;
}

export interface Loop {
  run(): Promise<JobSummary>;
  ended(end: AttemptEnd): void;
  returned(id: number): void;
  gate(reason: string, open: boolean): void;
  drain(): void;
  cancel(): void;
  evictYoungest(): void;
  /** The job has been stopped for so long, and goes on. */
  wasStopped(forMs: number): void;
  /** There may be others than before. */
  slotsChanged(): void;
  readonly view: LoopView;
}

/** What can be shown of a job in flight. */
export interface LoopView {
  readonly running: ReadonlyMap<number, Attempt>;
  readonly slots: number;
  /** Tasks that are known. */
  readonly added: number;
  /** Tasks that have not been started, or not again. */
  readonly waiting: number;
  readonly isInputClosed: boolean;
  readonly counts: Readonly<Record<Outcome["type"], number>>;
  readonly resumed: number;
}
