/**
 * The median of a stream of runtimes, in constant memory and time: a histogram whose buckets are 1 % wide, with a pointer that
 * follows the bucket of the median. The answer is the upper end of that bucket: at most 1 % too long, never too short.
 *
 * Invariant: `below` is the sum of `buckets[0 .. at - 1]`.
 */
export interface Median {
  readonly buckets: Float64Array;
  count: number;
  at: number;
  below: number;
}

const GROWTH = 1.01;
/** The last bucket holds what is longer than about 30 years. */
const BUCKETS = 2800;

export function createMedian(): Median {
  return { buckets: new Float64Array(BUCKETS), count: 0, at: 0, below: 0 };
}

export function addRuntime(median: Median, runtimeMs: number): void {
  const bucket = bucketOf(runtimeMs);
  median.buckets[bucket] = median.buckets[bucket]! + 1;
  median.count++;
  if (bucket < median.at) median.below++;
  const rank = (median.count - 1) >> 1;
  while (median.below > rank) median.below -= median.buckets[--median.at]!;
  while (median.below + median.buckets[median.at]! <= rank) median.below += median.buckets[median.at++]!;
}

/** undefined before the first runtime. */
export function medianMs(median: Median): number | undefined {
  return median.count === 0 ? undefined : GROWTH ** median.at;
}

/** Bucket b > 0 holds the times from GROWTH ** (b - 1) up to GROWTH ** b; bucket 0 what is less than 1 ms. */
function bucketOf(runtimeMs: number): number {
  if (!(runtimeMs >= 1)) return 0;
  return Math.min(BUCKETS - 1, Math.floor(Math.log(runtimeMs) / Math.log(GROWTH)) + 1);
}
