/** What one job is allowed and how it stops: the part of the command line that the scheduler needs. */
export interface JobPolicy {
  // Of the class that tasks belong to where nothing else is said: a command's. See TaskClass.

  /** How often a task is tried: 1 is once, 0 is until it succeeds. GNU parallel's --retries. */
  readonly tries: number;
  readonly halt: HaltPolicy;
  readonly timeout: TimeoutPolicy;
  readonly delay: DelayPolicy;
  /**
   * True: each single start is asked for with a `checkGate` effect and happens after `gateChanged {open: true}`.
   * For what is looked at before every start (--limit, --load, --memfree, --noswap).
   */
  readonly askBeforeStart: boolean;
}

/**
 * What tasks of one kind have in common. Placement looks at classes, never at single tasks, so a million tasks of few
 * kinds cost no more than a few decisions.
 */
export interface TaskClass {
  /** As `JobPolicy.tries`. */
  readonly tries: number;
  readonly timeout: TimeoutPolicy;
  /** How long a task waits before it is tried again. */
  readonly backoff: BackoffPolicy;
  /** Classes with a higher one start first; among equals the task that was added first does. */
  readonly priority: number;
  /** Whose slots its tasks run in: see `slotsChanged`. */
  readonly pool: number;
  /** The places whose slots its tasks run in, each once. Missing: any. */
  readonly places?: readonly number[];
  /** What a task holds while it is in a slot, of what `resourcesChanged` has told; each resource once. */
  readonly needs: readonly ResourceNeed[];
  /** Its tasks may wait in a slot behind others that need the same. See `allowsQueueAhead`. */
  readonly queueAhead: boolean;
}

export interface ResourceNeed {
  /** Its place in `resourcesChanged`. */
  readonly resource: number;
  readonly amount: number;
}

/** The wait before attempt n + 1 is `delayMs * factor ** (n - 1)`, at most `maxMs`. */
export interface BackoffPolicy {
  readonly delayMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

export type HaltPolicy =
  | { readonly when: "never" }
  | {
      /** `now` cancels what runs, `soon` lets it end. */
      readonly when: "now" | "soon";
      readonly why: "fail" | "success" | "done";
      readonly threshold: HaltThreshold;
    };

/** A percentage is one of all tasks of the job, so nothing starts before the input has closed. */
export type HaltThreshold =
  | { readonly type: "count"; readonly count: number }
  | { readonly type: "percent"; readonly percent: number };

export type TimeoutPolicy =
  | { readonly type: "none" }
  | { readonly type: "fixed"; readonly timeoutMs: number }
  /** Of the median runtime of the attempts that succeeded. */
  | { readonly type: "percent"; readonly percent: number };

export interface DelayPolicy {
  /** At least this long between two starts. */
  readonly delayMs: number;
  /** Longer by 30 % after each attempt that fails, shorter by 10 % after each that succeeds. */
  readonly auto: boolean;
}

export const DEFAULT_POLICY: JobPolicy = {
  tries: 1,
  halt: { when: "never" },
  timeout: { type: "none" },
  delay: { delayMs: 0, auto: false },
  askBeforeStart: false,
};

export const NO_BACKOFF: BackoffPolicy = { delayMs: 0, factor: 1, maxMs: 0 };

/** The class of tasks that belong to no other. */
export function plainClass(policy: JobPolicy): TaskClass {
  return {
    tries: policy.tries,
    timeout: policy.timeout,
    backoff: NO_BACKOFF,
    priority: 0,
    pool: 0,
    needs: [],
    queueAhead: allowsQueueAhead(policy),
  };
}

/**
 * Whether slots may hold attempts queued ahead. Such an attempt begins without asking, as soon as the one before it has
 * ended: nothing could hold it back for a delay, a check or a halt, and a retry would come after it.
 */
export function allowsQueueAhead(policy: JobPolicy): boolean {
  return (
    policy.tries === 1 && policy.halt.when === "never" && policy.delay.delayMs === 0 && !policy.askBeforeStart
  );
}

export function isPercent(halt: HaltPolicy): boolean {
  return halt.when !== "never" && halt.threshold.type === "percent";
}
