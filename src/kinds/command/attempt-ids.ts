import type { Attempt } from "../../driver/kind.ts";
import type { JobObserver } from "../../driver/observers.ts";
import type { CommandTask } from "./command-task.ts";

/** Attempts under way by their ids: all that launchers of commands know of them. */
export interface AttemptIds {
  readonly observer: Partial<JobObserver<CommandTask>>;
  /** Does nothing for one that is over. */
  withId(id: number, act: (attempt: Attempt<CommandTask>) => void): void;
}

export function attemptIds(): AttemptIds {
  const byId = new Map<number, Attempt<CommandTask>>();
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
