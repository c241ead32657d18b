import type { Outcome } from "../../core/events.ts";
import type { AttemptTimes } from "../../driver/kind.ts";
import type { Observers } from "../../driver/observers.ts";
import type { Call, CallTask } from "../../kinds/function/call.ts";

interface OfTask {
  /** The task's number in its job, from 1. */
  readonly task: number;
  /** The function's. */
  readonly name: string;
}

interface OfAttempt extends OfTask {
  /** From 1. */
  readonly attempt: number;
  /** The place where it runs, from 1. */
  readonly slot: number;
}

interface OfEnd extends OfAttempt {
  /** When the function began and when it ended, as its worker saw it, in milliseconds since the epoch. */
  readonly startedMs: number;
  readonly endedMs: number;
}

/** What became of a task. Each task ends with exactly one of `succeeded`, `reused`, `failed`, `cancelled` and `skipped`. */
export type TaskEvent =
  /** An attempt was given to a worker. Short ones may wait there behind each other. */
  | ({ readonly type: "started" } & OfAttempt)
  | ({ readonly type: "succeeded" } & OfEnd)
  /** It has its value without running: the memo had it. */
  | ({ readonly type: "reused" } & OfTask)
  /** After its last attempt. Also when it has run out of time: its error has the code TIMEOUT then. */
  | ({ readonly type: "failed"; readonly error: Error } & OfEnd)
  /** An attempt has failed, and there will be another. */
  | ({ readonly type: "retried"; readonly error: Error | undefined } & OfEnd)
  /** Before it began, or while it ran. */
  | ({ readonly type: "cancelled"; readonly error: Error } & OfTask)
  /** An input has failed. */
  | ({ readonly type: "skipped"; readonly error: Error } & OfTask);

/** Tells the listener until the returned function is called. What it throws is `onError`'s, and harms no task. */
export function listen(
  observers: Observers<CallTask>,
  listener: (event: TaskEvent) => void,
  onError: (error: unknown) => void,
): () => void {
  const tell = (event: TaskEvent): void => {
    try {
      // One that is async by mistake must not end the program by an unhandled rejection.
      const result: unknown = listener(event);
      if (result instanceof Promise) result.catch(onError);
    } catch (error) {
      onError(error);
    }
  };
  return observers.add({
    started: ({ task }) => tell({ type: "started", ...attemptOf(task) }),
    ended: ({ attempt, end }, outcome) => tell(endOf(attempt.task, end, outcome)),
    settled: (call, outcome) => tell(overOf(call, outcome)),
  });
}

function attemptOf({ seq: task, fn, attempt, slot }: Call): OfAttempt {
  return { task, name: fn.name, attempt, slot };
}

function endOf(call: Call, { startMs, endMs }: AttemptTimes, outcome: Outcome | undefined): TaskEvent {
  const end = { ...attemptOf(call), startedMs: startMs, endedMs: endMs };
  switch (outcome?.type) {
    case undefined:
      return { type: "retried", ...end, error: call.error };
    case "succeeded":
      return { type: "succeeded", ...end };
    case "failed":
    case "timedOut":
      return { type: "failed", ...end, error: call.error! };
    default:
      return overOf(call, outcome!);
  }
}

function overOf({ seq: task, fn, error }: Call, { type }: Outcome): TaskEvent {
  if (type === "succeeded") return { type: "reused", task, name: fn.name };
  return { type: type === "skipped" ? "skipped" : "cancelled", task, name: fn.name, error: error! };
}
