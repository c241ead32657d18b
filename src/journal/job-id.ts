/** Crockford's digits: no i, l, o or u, and in the order of their ASCII codes, so that ids sort by time. */
const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const EPOCH_MS = Date.UTC(2025, 0, 1);
const TICK_MS = 10;

const JOB_ID = /^[0-9a-hjkmnp-tv-z]{10}$/;

/**
 * A job's name: eight digits of time (10 ms each, good for three centuries) and two of chance. Names sort by the time
 * at which they were made. Two jobs may draw the same name; the directory's creation decides, and the loser draws again.
 *
 * @param random 0 to 1
 */
export function jobId(nowMs: number, random: number): string {
  return digits(Math.floor((nowMs - EPOCH_MS) / TICK_MS), 8) + digits(Math.floor(random * 1024), 2);
}

export function isJobId(name: string): boolean {
  return JOB_ID.test(name);
}

function digits(value: number, count: number): string {
  let text = "";
  for (let left = Math.max(0, value); text.length < count; left = Math.floor(left / 32)) {
    text = DIGITS[left % 32] + text;
  }
  return text;
}
