import { DEFAULT_POLICY, type JobPolicy } from "../core/policy.ts";
import { createDriver } from "./create-driver.ts";
import type { Driver } from "./driver.ts";
import { type Attempt, type Over, SKIPPED, type Task, type TaskKind } from "./kind.ts";
import { createObservers, type JobObserver } from "./observers.ts";

/** A kind whose attempts end when a test says so, and which notes all that it is asked for. */
export interface ScriptedKind extends TaskKind {
  readonly log: string[];
  /** What was launched and has not ended, oldest first. */
  readonly running: Attempt[];
  /** Ends the oldest attempt. */
  end(exitCode?: number): void;
  /** Ends so many of the oldest as one message. */
  endTogether(count: number): void;
}

export function scriptedKind(driver: () => Driver, name = "scripted", log: string[] = []): ScriptedKind {
  const running: Attempt[] = [];
  const words = ({ task, number }: Attempt): string => `${task.seq}.${number}`;
  return {
    name,
    log,
    running,
    render: (attempt) => (attempt.task.seq === 13 ? SKIPPED : undefined),
    launch(attempt) {
      log.push(`start ${words(attempt)} slot ${attempt.slot}`);
      running.push(attempt);
    },
    revoke(attempt) {
      // What is first in its slot has begun.
      const at = running.indexOf(attempt);
      if (running.findIndex(({ slot }) => slot === attempt.slot) === at) return false;
      running.splice(at, 1);
      return true;
    },
    stop: (attempt) => void log.push(`stop ${attempt.task.seq}`),
    returned: ({ task }) => void log.push(`returned ${task.seq}`),
    conclude: (_, end) => end as Over["end"],
    keep: () => {},
    record: () => ({ ran: { command: "", exitCode: 0, signal: 0 } }),
    show(task, outcome, over) {
      const word = outcome?.type ?? "again";
      log.push(
        over === undefined ? `settled ${task.seq} ${word}` : `end ${task.seq} ${over.end.exitCode} ${word}`,
      );
    },
    describe: ({ task }) => `task ${task.seq}`,
    slice: ({ attempt }) => ({ group: "slot", slot: attempt.slot, name: "", args: {} }),
    end(exitCode = 0) {
      const attempt = running.shift()!;
      driver().ended(attempt, endOf(exitCode));
    },
    endTogether(count) {
      driver().endedTogether(running.splice(0, count).map((attempt) => ({ attempt, end: endOf(0) })));
    },
  };
}

function endOf(exitCode: number): Over["end"] {
  return { startMs: 0, endMs: 1000, exitCode, signal: 0 };
}

export interface ScriptedJob {
  readonly driver: Driver;
  readonly observers: ReturnType<typeof createObservers>;
  readonly kind: ScriptedKind;
}

/** A driver with tasks of a scripted kind. */
export function scriptedJob(
  policy: Partial<JobPolicy> = {},
  observer: Partial<JobObserver> = {},
): ScriptedJob {
  const observers = createObservers();
  observers.add(observer);
  const driver = createDriver({ policy: { ...DEFAULT_POLICY, ...policy }, observer: observers });
  return { driver, observers, kind: scriptedKind(() => driver) };
}

/** Tasks one behind the other, of class 0. */
export function tasksOf(kind: TaskKind, count: number, from = 1): Task[] {
  return Array.from({ length: count }, (_, index) => ({ seq: from + index, kind, class: 0 }));
}
