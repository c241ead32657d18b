/**
 * Calls that wait in a thread can be taken back while the thread is busy and hears nothing: each has a word in memory that
 * both sides see, and whoever changes it first has the call. Calls are counted from 0 on both sides, in the order in which
 * they are sent; the count says which word, so it need not be sent.
 *
 * Invariant: fewer than `CLAIMS` calls are under way in a host, so no word is used twice at a time.
 */
export const CLAIMS = 4096;

const OPEN = 0;
const BEGUN = 1;
const TAKEN_BACK = 2;

export function createClaims(): Int32Array {
  // Two more for mail.ts.
  return new Int32Array(new SharedArrayBuffer(4 * (CLAIMS + 2)));
}

/** The driver is about to send call number `count`. */
export function openClaim(claims: Int32Array, count: number): void {
  Atomics.store(claims, count % CLAIMS, OPEN);
}

/** The host begins the call, unless it was taken back. */
export function claimBegin(claims: Int32Array, count: number): boolean {
  return Atomics.compareExchange(claims, count % CLAIMS, OPEN, BEGUN) === OPEN;
}

/** The driver takes the call back, unless it has begun. */
export function claimBack(claims: Int32Array, count: number): boolean {
  return Atomics.compareExchange(claims, count % CLAIMS, OPEN, TAKEN_BACK) === OPEN;
}
