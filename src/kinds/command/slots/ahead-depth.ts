/** How many attempts a slot may hold, by how long jobs take. */
export interface AheadDepth {
  readonly depth: number;
  ended(runtimeMs: number): void;
  /** What waited in a slot had to come back, because the job before it took long. */
  slow(): void;
}

export const DEPTH_MAX = 8;
/** A job that waits behind one of these waits less than it would for us to hear of the end. */
const SHORT_MS = 10;
/** Weight of the latest job in the average. */
const LATEST = 0.25;

/** Slots are kept ahead while jobs are short: then our own delay between two of them would be a good part of the time. */
export function aheadDepth(isAllowed: boolean): AheadDepth {
  let averageMs = Number.POSITIVE_INFINITY;
  return {
    get depth() {
      return isAllowed && averageMs < SHORT_MS ? DEPTH_MAX : 1;
    },
    ended(runtimeMs) {
      averageMs =
        averageMs === Number.POSITIVE_INFINITY ? runtimeMs : averageMs + LATEST * (runtimeMs - averageMs);
    },
    slow() {
      averageMs = Math.max(averageMs, 4 * SHORT_MS);
    },
  };
}
