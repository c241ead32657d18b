import type { Attempt, Task } from "../../driver/kind.ts";
import type { JobObserver } from "../../driver/observers.ts";

/** Attempts under way by their ids: all that launchers of commands know of them. */
export interface AttemptIds<T extends Task = Task> {
  readonly observer: Partial<JobObserver<T>>;
  /** Does nothing for one that is over. */
  withId(id: number, act: (attempt: Attempt<T>) => void): void;
}

export function attemptIds<T extends Task = Task>(): AttemptIds<T> {
  const byId = new Map<number, Attempt<T>>();
  return {
    observer: {
      started: (attempt) => void byId.set(attempt.id, attempt),
      returned: ({ id }) => void byId.delete(id),
      ended: ({ attempt }) => void byId.delete(attempt.id),
    },
    withId(id, act) {
      const attempt = byId.get(id);
      if (attempt !== undefined) act(attempt);
    },
  };
}
