/** How many calls a slot may hold, by how long calls take. */
export interface QueueDepth {
  readonly depth: number;
  ended(runtimeMs: number): void;
  /** Whether the depth is another one than at the last question. */
  changed(): boolean;
}

const DEPTHS: readonly number[] = [1, 4, 16, 64, 256];
/** From one to the next: so many times what is wanted is enough, whichever is the last that is not too deep. */
const DEPTH_STEP = 4;
/** A slot is given about so much work ahead: more than a message to and fro takes, less than a person notices. */
const AHEAD_MS = 4;
/** Weight of the latest call in the average. */
const LATEST = 0.05;
/**
 * A call counts for so many times the average at the most. One that waits for a core on a busy machine looks a thousand times as
 * long as it is; where calls have become longer, each of them says so, and a hundred are enough for any length.
 */
const OUTLIER = 4;
/** An average of less says nothing of how long a call may be. */
const CLOCK_MS = 0.01;

/**
 * Slots are kept ahead while calls are short: then a message for each would be most of the time.
 *
 * @param roundTripMs how long a slot would wait for its next call, on the machine that is the farthest away
 */
export function queueDepth(roundTripMs = 0): QueueDepth {
  let averageMs = Number.POSITIVE_INFINITY;
  let told = 1;
  const depthNow = (): number => {
    const wanted = (AHEAD_MS + DEPTH_STEP * roundTripMs) / averageMs;
    return DEPTHS.findLast((depth) => depth <= Math.max(1, wanted))!;
  };
  return {
    get depth() {
      return depthNow();
    },
    ended(runtimeMs) {
      if (averageMs === Number.POSITIVE_INFINITY) averageMs = runtimeMs;
      const counted = Math.min(runtimeMs, OUTLIER * Math.max(averageMs, CLOCK_MS));
      averageMs += LATEST * (counted - averageMs);
    },
    changed() {
      const depth = depthNow();
      if (depth === told) return false;
      told = depth;
      return true;
    },
  };
}
