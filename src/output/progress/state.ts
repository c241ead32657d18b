import type { ByteString } from "../../bytes/bytes.ts";

/** What progress is drawn from: plain values, at one moment. */
export interface ProgressState {
  /** Tasks of the whole job; undefined while the input is still being read. */
  readonly total: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
  readonly running: number;
  /** Tasks that are known and have not begun. Default: what is left of `total`. */
  readonly waiting?: number;
  /** Slots, used and unused. */
  readonly slots: number;
  readonly elapsedMs: number;
  /** The running task that has been running longest. */
  readonly slowest?: { readonly command: ByteString; readonly elapsedMs: number };
  /** By host, where there is more than this machine. */
  readonly hosts?: readonly HostProgress[];
  /** The argument of the task that started last: what --bar shows. */
  readonly latestArgument?: ByteString;
}

export interface HostProgress {
  readonly name: string;
  /** 100% of --jobs there, and what --jobs makes of it; 0 while it is not known. */
  readonly cpus: number;
  readonly slots: number;
  readonly running: number;
  readonly done: number;
  /** Of those that are done. */
  readonly totalMs: number;
}

export function doneOf(state: ProgressState): number {
  return state.succeeded + state.failed;
}

/** Milliseconds until all is done, at the rate so far; undefined before there is a rate or an end. */
export function etaMs(state: ProgressState): number | undefined {
  const done = doneOf(state);
  if (state.total === undefined || done === 0) return undefined;
  return (state.elapsedMs / done) * Math.max(0, state.total - done);
}
