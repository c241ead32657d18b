/**
 * Wall-clock time in milliseconds with fractions, which never runs backwards while this process lives.
 *
 * `performance.now()` tells the same, but touching `performance` loads a dozen modules of Node: 5 ms of a short job.
 */
export function nowMs(): number {
  return ORIGIN_MS + uptimeMs();
}

/** To a microsecond, which is enough to keep, and shorter than what a double can hold. */
export function roundedMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

const ORIGIN_MS = Date.now() - uptimeMs();

function uptimeMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
