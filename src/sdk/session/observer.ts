import type { Outcome } from "../../core/events.ts";
import type { Call } from "../call.ts";

/** Told what happens to the tasks of a session, in order. */
export interface SessionObserver {
  /** A task was taken in, from within the call that made it. */
  added(call: Call): void;
  /** An attempt was given to its slot; it begins when those before it there have ended. */
  started(call: Call): void;
  /** An attempt is over. No outcome: the task will be tried again. */
  ended(call: Call, end: AttemptTimes, outcome: Outcome | undefined): void;
  /** A task has its outcome without an attempt that ended: reused, or cancelled or skipped before it ran. */
  settled(call: Call, outcome: Outcome): void;
  /** What a task has written; undefined where nobody knows which. */
  output(call: Call | undefined, stream: 1 | 2, text: string): void;
  /** Something failed outside of every task that runs. */
  stray(error: Error): void;
}

export interface AttemptTimes {
  readonly startMs: number;
  readonly endMs: number;
}

/** An attempt that is over, with its times. */
export interface EndedAttempt {
  readonly call: Call;
  readonly times: AttemptTimes;
}

/** Tells an observer the end of an attempt once: with the outcome, if one comes of it. */
export interface EndTeller {
  /** An event is handled that ends this attempt; undefined for one that ends none. */
  begin(ended: EndedAttempt | undefined): void;
  /** A task starts. Its next attempt may be one of the effects of the end of the last. */
  starts(call: Call): void;
  settled(call: Call, outcome: Outcome): void;
  /** The event is done with. No outcome came of it: the task is in line again. */
  finish(): void;
}

export function endTeller(observer: SessionObserver): EndTeller {
  let over: EndedAttempt | undefined;
  const retried = ({ call, times }: EndedAttempt): void => {
    over = undefined;
    observer.ended(call, times, undefined);
  };
  return {
    begin(ended) {
      over = ended;
    },
    starts(call) {
      if (over?.call === call) retried(over);
    },
    settled(call, outcome) {
      if (over?.call === call) {
        observer.ended(call, over.times, outcome);
        over = undefined;
      } else observer.settled(call, outcome);
    },
    finish() {
      if (over !== undefined) retried(over);
    },
  };
}
