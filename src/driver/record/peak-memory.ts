import type { Attempt } from "../kind.ts";

/** The most memory that attempts were seen to take, by looking from time to time; a short one may never be seen. */
export interface PeakMemory {
  /** Looks at those that run now. */
  sample(running: Iterable<Attempt>): void;
  /** What was seen of an attempt; undefined where it was not seen, or its kind cannot tell. */
  of(id: number): number | undefined;
  /** The same, for the last time. */
  take(id: number): number | undefined;
}

export function peakMemory(): PeakMemory {
  const peaks = new Map<number, number>();
  return {
    sample(running) {
      for (const attempt of running) {
        const bytes = attempt.task.kind.memoryOf?.(attempt) ?? 0;
        if (bytes > (peaks.get(attempt.id) ?? 0)) peaks.set(attempt.id, bytes);
      }
    },
    of: (id) => peaks.get(id),
    take(id) {
      if (peaks.size === 0) return undefined;
      const peak = peaks.get(id);
      peaks.delete(id);
      return peak;
    },
  };
}
