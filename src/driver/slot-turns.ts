import { slotsOf } from "../core/classes.ts";
import { taskBefore } from "../core/slots.ts";
import type { JobState } from "../core/step.ts";
import type { Attempt, Task } from "./kind.ts";

/**
 * Attempts of a slot run one after the other, of whichever kind they are. Each kind's launcher keeps the order of its own;
 * what is given to a slot behind an attempt of another kind is held back here until its turn has come.
 */
export interface SlotTurns<T extends Task> {
  launch(attempt: Attempt<T>, rendered: unknown): void;
  /** Launches what need not be held back any more. */
  release(): void;
  /** Takes back an attempt that is held back; false for others. */
  revoke(attempt: Attempt<T>): boolean;
}

export function createSlotTurns<T extends Task>(
  state: JobState,
  attempts: ReadonlyMap<number, Attempt<T>>,
): SlotTurns<T> {
  /** What they are launched with, in the order in which they were given. */
  const held = new Map<Attempt<T>, unknown>();
  const heldTasks = new Set<number>();

  function launch(attempt: Attempt<T>, rendered: unknown): void {
    if (!attempt.isAhead || mayFollow(attempt)) return attempt.task.kind.launch(attempt, rendered);
    held.set(attempt, rendered);
    heldTasks.add(attempt.task.seq);
  }

  /** The one before it is of its kind, and its launcher has that: it has not come back, which the scheduler hears of later. */
  function mayFollow({ task }: Attempt<T>): boolean {
    const slots = slotsOf(state, state.classes[task.class]!);
    const before = taskBefore(slots, state.slotOf.get(task.seq)!, task.seq);
    if (before === 0) return true;
    return attempts.get(before)?.task.kind === task.kind && !heldTasks.has(before);
  }

  function drop(attempt: Attempt<T>): boolean {
    heldTasks.delete(attempt.task.seq);
    return held.delete(attempt);
  }

  return {
    launch,
    release() {
      if (held.size === 0) return;
      for (const [attempt, rendered] of held) {
        if (!mayFollow(attempt)) continue;
        drop(attempt);
        attempt.task.kind.launch(attempt, rendered);
      }
    },
    revoke: (attempt) => held.size > 0 && drop(attempt),
  };
}
