/**
 * Bytes that a thread has handed on and the driver's side has not taken: a word that the thread and the agent share. Only
 * output waits for room, as at a full pipe: of all else there is no more than the driver has asked for.
 */
const BACKLOG_BYTES_MAX = 8 * 2 ** 20;

export function createBacklog(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** Blocks the thread while there is no room. */
export function waitForRoom(backlog: Int32Array): void {
  for (let now = Atomics.load(backlog, 0); now > BACKLOG_BYTES_MAX; now = Atomics.load(backlog, 0))
    Atomics.wait(backlog, 0, now);
}

export function takeRoom(backlog: Int32Array, bytes: number): void {
  Atomics.add(backlog, 0, bytes);
}

export function giveRoom(backlog: Int32Array, bytes: number): void {
  Atomics.sub(backlog, 0, bytes);
  Atomics.notify(backlog, 0);
}
