import { CLAIMS } from "./claims.ts";

/**
 * The words behind the claims: how many messages a driver has sent, so that a thread can wait for the next one without its
 * event loop, which takes several times as long to wake; and whether the thread sleeps, for only then is there anybody to wake.
 */
const MAIL = CLAIMS;
const SLEEPS = CLAIMS + 1;

/** After a message has been sent. */
export function ringFor(claims: Int32Array): void {
  Atomics.add(claims, MAIL, 1);
  // Who is about to sleep says so before looking at the count for the last time: so one of us sees what the other has done.
  if (Atomics.load(claims, SLEEPS) === 1) Atomics.notify(claims, MAIL);
}

export function mailWord(claims: Int32Array): number {
  return Atomics.load(claims, MAIL);
}

/** Whether a message has come since the word was `seen`, within the time. Blocks the thread. */
export function waitForMail(claims: Int32Array, seen: number, timeoutMs: number): boolean {
  Atomics.store(claims, SLEEPS, 1);
  const isWoken = Atomics.wait(claims, MAIL, seen, timeoutMs) !== "timed-out";
  Atomics.store(claims, SLEEPS, 0);
  return isWoken;
}
