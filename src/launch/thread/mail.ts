import { CLAIMS } from "./claims.ts";

/**
 * The word behind the claims counts the messages that a driver has sent, so that a thread can wait for the next one without
 * its event loop, which takes several times as long to wake.
 */
const MAIL = CLAIMS;

/** After a message has been sent. */
export function ringFor(claims: Int32Array): void {
  Atomics.add(claims, MAIL, 1);
  Atomics.notify(claims, MAIL);
}

export function mailWord(claims: Int32Array): number {
  return Atomics.load(claims, MAIL);
}

/** Whether a message has come since the word was `seen`, within the time. Blocks the thread. */
export function waitForMail(claims: Int32Array, seen: number, timeoutMs: number): boolean {
  return Atomics.wait(claims, MAIL, seen, timeoutMs) !== "timed-out";
}
