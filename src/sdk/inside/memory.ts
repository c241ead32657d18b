import { residentBytes } from "../../journal/peak-memory.ts";
import type { Call } from "../call.ts";
import type { Session } from "../session.ts";
import { runningCalls } from "./status.ts";

/**
 * The most memory that tasks with processes of their own were seen to take. Threads share one process, and nobody can say whose
 * its memory is.
 */
export interface TaskMemory {
  /** Looks at those that run now: two small reads each. */
  sample(): void;
  /** What was seen of a task that runs. */
  peakOf(call: Call): number | undefined;
  /** The same, for the last time. */
  take(call: Call): number | undefined;
}

export function taskMemory(session: Session): TaskMemory {
  const peaks = new Map<Call, number>();
  return {
    sample() {
      for (const { call } of runningCalls(session)) {
        const pid = session.pidOf(call);
        const bytes = pid === undefined ? 0 : residentBytes(pid);
        if (bytes > (peaks.get(call) ?? 0)) peaks.set(call, bytes);
      }
    },
    peakOf: (call) => peaks.get(call),
    take(call) {
      if (peaks.size === 0) return undefined;
      const peak = peaks.get(call);
      peaks.delete(call);
      return peak;
    },
  };
}
