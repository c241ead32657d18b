import type { HaltPolicy, TaskClass } from "./policy.ts";

/** A task: its 1-based position among the tasks of the job. */
export type TaskSeq = number;
/** 1-based; a new one for each execution of a task. */
export type AttemptNumber = number;
/** 1-based. */
export type SlotNumber = number;

/** What happened. Each carries the time, since any of them can let an attempt start; the clock never runs backwards. */
export type JobEvent = {
  readonly nowMs: number;
} /** Of class 0, the job's own, where none is named. A blocked task waits for `unblocked` before it gets in line. */ & (
  | {
      readonly type: "tasksAdded";
      readonly count: number;
      readonly class?: number;
      readonly blocked?: boolean;
    }
  /** Classes are numbered from 1 in the order in which they are added. */
  | { readonly type: "classAdded"; readonly class: TaskClass }
  // None of the three does anything for a task that was cancelled meanwhile, or after the end of the job.
  /** What a blocked task needs is there. */
  | { readonly type: "unblocked"; readonly task: TaskSeq }
  /** What a blocked task needs will never be there: it is skipped. */
  | { readonly type: "inputFailed"; readonly task: TaskSeq }
  /** A blocked task was done by others than the slots, as an actor does its calls. */
  | { readonly type: "doneElsewhere"; readonly task: TaskSeq; readonly succeeded: boolean }
  | { readonly type: "inputClosed" }
  /**
   * Slots 1 to `slots` of a pool (0 where none is named) may be used, each running one attempt and holding up to
   * `depth - 1` behind it. Each event says all of it anew.
   */
  | {
      readonly type: "slotsChanged";
      readonly slots: number;
      readonly depth: number;
      readonly pool?: number;
      /**
       * The place, a number from 1, of each slot from the first to the last. 0: the slot is closed: what runs in it may end,
       * what is queued behind that is asked back, and nothing new goes there. A slot that opens again is where it was
       * before. Missing: all are in place 1.
       */
      readonly places?: readonly number[];
      /** By place, from the first on: among equally empty slots those of the heaviest place are taken. Missing: 1. */
      readonly weights?: readonly number[];
      /** Places that may soon have slots: what has failed at the others waits for them. Missing: none. */
      readonly coming?: readonly number[];
    }
  /** How much there is of each resource. What is in use already may be more. */
  | { readonly type: "resourcesChanged"; readonly totals: readonly number[] }
  | {
      readonly type: "attemptEnded";
      readonly task: TaskSeq;
      readonly attempt: AttemptNumber;
      readonly exitCode: number;
      readonly signal: number;
      /** As the launcher measured it; taken from the events' times where it is missing. */
      readonly runtimeMs?: number;
      /** False: another try would end the same way, so there is none. */
      readonly retriable?: boolean;
      /**
       * True: its slot has gone under it through no fault of its own, or its time was over before it had begun. It is tried
       * again, whatever its tries.
       */
      readonly interrupted?: boolean;
      /**
       * True: the next event is another end, of the same message. Until the last of them nothing starts or is asked back: that
       * would be decided by what is known to be over.
       */
      readonly isFollowed?: boolean;
    }
  /**
   * An attempt that was queued ahead has come back unstarted: after `returnAttempt`, or because its slot is gone.
   * Never after the end of the attempt ahead of it, for then it has begun: slots report in order.
   */
  | { readonly type: "attemptReturned"; readonly task: TaskSeq; readonly attempt: AttemptNumber }
  /** The template said skip(): the attempt that `startAttempt` asked for will not run. */
  | { readonly type: "attemptSkipped"; readonly task: TaskSeq }
  /** These tasks (both ends included) have their outcome from an earlier run. They need not be added yet. */
  | { readonly type: "resumed"; readonly from: TaskSeq; readonly to: TaskSeq }
  /** Nothing starts while a gate is closed. `reason` is the gate's name: each reason opens and closes by itself. */
  | { readonly type: "gateChanged"; readonly open: boolean; readonly reason: string }
  /** Kill the attempt that began last and put its task back in line; it has used one of its tries. */
  | { readonly type: "evictYoungest" }
  | { readonly type: "timerFired" }
  /** Start nothing more. */
  | { readonly type: "drain" }
  /** Kill one task, or everything; nothing after the end of the job. */
  | { readonly type: "cancel"; readonly task?: TaskSeq }
);

/** What the driver must do, in this order. */
export type Effect =
  | {
      readonly type: "startAttempt";
      readonly task: TaskSeq;
      readonly attempt: AttemptNumber;
      /** One of the pool of the task's class. */
      readonly slot: SlotNumber;
      /** True: the slot is busy, and the attempt begins when those before it in the slot have ended. */
      readonly ahead: boolean;
    }
  /** Send the termination sequence (--termseq) to a running attempt. Its end is still reported. */
  | {
      readonly type: "signalAttempt";
      readonly task: TaskSeq;
      readonly attempt: AttemptNumber;
      readonly why: StopCause;
    }
  /** Take back an attempt queued ahead: answer `attemptReturned`, or nothing where it has begun. */
  | { readonly type: "returnAttempt"; readonly task: TaskSeq; readonly attempt: AttemptNumber }
  | {
      readonly type: "recordOutcome";
      readonly task: TaskSeq;
      readonly attempts: number;
      readonly outcome: Outcome;
    }
  /** Send `timerFired` at that time. There is one timer: this replaces the time set before. */
  | { readonly type: "setTimer"; readonly atMs: number }
  /** Look at the gates and answer `gateChanged`; keep looking until they are open. Only with `askBeforeStart`. */
  | { readonly type: "checkGate" }
  | HaltCounted
  | { readonly type: "jobEnded"; readonly summary: JobSummary };

/** A task counted for --halt (GNU parallel names each one on standard error), and maybe it was the last one needed. */
export interface HaltCounted {
  readonly type: "haltCounted";
  readonly task: TaskSeq;
  readonly why: "fail" | "success" | "done";
  /** True where this task reached the threshold; once in a job. */
  readonly triggered: boolean;
  /** True from the trigger on. */
  readonly halted: boolean;
  /** Attempts that still run. GNU parallel tells the number when `soon` waits for them. */
  readonly running: number;
}

export type StopCause = "timeout" | "cancel" | "halt" | "eviction";

/** How a task ended. */
export type Outcome =
  | { readonly type: "succeeded" }
  | { readonly type: "failed"; readonly exitCode: number; readonly signal: number }
  | { readonly type: "timedOut"; readonly exitCode: number; readonly signal: number }
  /** `signal` and `exitCode` are 0 where no attempt was running. */
  | {
      readonly type: "cancelled";
      readonly by: "cancel" | "halt" | "eviction";
      readonly exitCode: number;
      readonly signal: number;
    }
  | { readonly type: "skipped" };

/** How a job ended, in tasks: total = succeeded + failed + timedOut + cancelled + skipped + resumed + unfinished */
export interface JobSummary {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly cancelled: number;
  readonly skipped: number;
  /** Had their outcome before this run. */
  readonly resumed: number;
  /** Have no outcome: the job stopped before they were started, or tried again. A later run can take them up. */
  readonly unfinished: number;
  /** No more tasks could come: `total` is all there are. */
  readonly inputClosed: boolean;
  readonly stopped: StopKind | "no";
  readonly halt: HaltPolicy;
  /** The exit status that the halt decided on, where it was triggered. */
  readonly haltStatus: number | undefined;
}

/** Why a job starts nothing more. */
export type StopKind = "drain" | "halt" | "cancel";
