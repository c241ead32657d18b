import type { WireError } from "./wire-error.ts";

/**
 * What a driver and a host (a worker thread or a child process that runs calls) say to each other. Messages hold batches,
 * and what is in them is flat: a message costs microseconds, and so does each object in it.
 */
export type ToHost =
  /** Functions that later calls name by their number. */
  | { readonly type: "define"; readonly id: number; readonly spec: FunctionSpec }
  /** Calls, `CALL_FIELDS` values each: see `callOf`. */
  | { readonly type: "calls"; readonly flat: readonly unknown[] }
  /** The call is to end: its AbortSignal fires. */
  | { readonly type: "abort"; readonly id: number; readonly reason: string }
  /** The reader of a generator has room for so many more items. */
  | { readonly type: "credit"; readonly id: number; readonly items: number };

export type FromHost =
  /** Ends, `END_FIELDS` values each: see `endOf`. */
  | { readonly type: "ends"; readonly flat: readonly unknown[] }
  | { readonly type: "items"; readonly id: number; readonly items: readonly unknown[] }
  /** What a call has written; `id` is 0 for what no call has. Comes before the end of the call. */
  | { readonly type: "output"; readonly id: number; readonly stream: 1 | 2; readonly text: string }
  /** Something went wrong outside of any call that still runs. */
  | { readonly type: "stray"; readonly error: WireError };

/** Where a host finds a function: an export of a module, or the text of one without captured variables. */
export type FunctionSpec =
  | { readonly type: "module"; readonly url: string; readonly name: string }
  | { readonly type: "inline"; readonly source: string };

export interface HostCall {
  /** Of the attempt; unique in a driver. */
  readonly id: number;
  /** Calls of a slot run one after the other. */
  readonly slot: number;
  readonly fn: number;
  readonly args: readonly unknown[];
  readonly task: number;
  readonly attempt: number;
}

export const CALL_FIELDS = 6;

export function pushCall(flat: unknown[], { id, slot, fn, args, task, attempt }: HostCall): void {
  flat.push(id, slot, fn, args, task, attempt);
}

export function callOf(flat: readonly unknown[], at: number): HostCall {
  const [id, slot, fn, args, task, attempt] = flat.slice(at, at + CALL_FIELDS) as [
    number,
    number,
    number,
    unknown[],
    number,
    number,
  ];
  return { id, slot, fn, args, task, attempt };
}

/** How a call ended: with a value, or with an error. */
export interface CallEnd {
  readonly id: number;
  readonly ok: boolean;
  /** What it returned, or a WireError. */
  readonly value: unknown;
  /** Milliseconds since the epoch, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
}

export const END_FIELDS = 5;

export function endOf(flat: readonly unknown[], at: number): CallEnd {
  return {
    id: flat[at] as number,
    ok: flat[at + 1] as boolean,
    value: flat[at + 2],
    startMs: flat[at + 3] as number,
    endMs: flat[at + 4] as number,
  };
}

/** Items of a generator that may be under way before the reader asks for more. */
export const STREAM_WINDOW = 64;

/** What a worker thread is given at its start. */
export interface ThreadData {
  /** One word for each call that is under way, see claims.ts. */
  readonly claims: Int32Array;
}
