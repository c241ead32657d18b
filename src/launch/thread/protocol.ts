import {
  completeParts,
  createPacking,
  isObject,
  type Packed,
  type Packing,
  type Parts,
} from "../../wire/values/pack.ts";

/**
 * What a driver and a host (a worker thread or a child process that runs calls) say to each other. Messages hold batches,
 * and what is in them is flat: a message costs microseconds, and so does each object in it.
 */
export type ToHost =
  /** Functions that later calls name by their number. */
  | { readonly type: "define"; readonly id: number; readonly spec: FunctionSpec }
  | ({ readonly type: "calls" } & CallBatch)
  /** The call is to end: its AbortSignal fires. */
  | { readonly type: "abort"; readonly id: number; readonly reason: string }
  /** The reader of a generator has room for so many more items. */
  | { readonly type: "credit"; readonly id: number; readonly items: number };

export type FromHost =
  /** The first one: it has come up. */
  | { readonly type: "up" }
  | ({ readonly type: "ends" } & EndBatch)
  | {
      readonly type: "items";
      readonly id: number;
      readonly items: readonly unknown[];
      readonly parts: Parts | undefined;
    }
  /** What a call has written; `id` is 0 for what no call has. Comes before the end of the call. */
  | { readonly type: "output"; readonly id: number; readonly stream: 1 | 2; readonly text: string }
  /** Something went wrong outside of any call that still runs. */
  | { readonly type: "stray"; readonly error: Packed };

/**
 * Where a host finds a function: an export of a module, or the text of one without captured variables; or what it is to do
 * with an actor (see actor-host.ts).
 */
export type FunctionSpec =
  | { readonly type: "module"; readonly url: string; readonly name: string }
  /** `base`: the path of a file that it could be in, from where it finds packages. Default: one in the working directory. */
  | { readonly type: "inline"; readonly source: string; readonly base?: string }
  /** One that cannot be had there: its calls say why. */
  | { readonly type: "fails"; readonly error: Packed }
  | ActorFunctionSpec;

/** An actor is a slot with an instance in it: these work on the instance in the slot of their call. */
export type ActorFunctionSpec =
  /** Makes the instance: of the arguments for its constructor, or with `restores` of the bytes of a checkpoint. */
  | {
      readonly type: "actor";
      readonly url: string;
      readonly name: string;
      readonly restores: boolean;
      /** An instance whose method has thrown is used no more. */
      readonly crashOnError: boolean;
    }
  | { readonly type: "method"; readonly name: string }
  /** Gives the state of the instance, as bytes. */
  | { readonly type: "checkpoint" }
  /** Lets go of the instance. */
  | { readonly type: "drop" };

/** The function that throws its argument, an error: in place of a call that cannot be sent, so that its turn stays its own. */
export const FAILS = 0;

export interface HostCall {
  /** Of the attempt; unique in a driver. */
  readonly id: number;
  /** Calls of a slot run one after the other. */
  readonly slot: number;
  /** As it was defined, or `FAILS`. */
  readonly fn: number;
  readonly task: number;
  readonly attempt: number;
  readonly args: readonly unknown[];
}

/** Calls as they are sent: an array of numbers and one of arguments cost a fifth of an object for each call. */
export interface CallBatch {
  /** Of each call: id, slot, fn, task, attempt, number of arguments. */
  readonly heads: Numbers;
  readonly args: readonly unknown[];
  readonly parts: Parts | undefined;
}

/** Few are an array, many a typed one: that is copied faster, but its memory has to be made, and let go at both ends. */
type Numbers = readonly number[] | Int32Array | Float64Array;

const PLAIN_NUMBERS_MAX = 48;

/** A message with the first of some calls. */
export interface PackedCalls {
  readonly batch: CallBatch;
  /** Memory that goes along. */
  readonly transfer: readonly ArrayBuffer[];
  /** So many of the calls are in it. */
  readonly count: number;
}

const HEAD = 6;

/**
 * Makes a message of calls: of all, or of those up to one that has an object which one before it has, too. In one message
 * it would be one object there as well, and the first call could change what the second gets.
 *
 * @throws for what cannot be sent
 */
export function packCalls(calls: readonly HostCall[]): PackedCalls {
  const length = calls.length * HEAD;
  const heads = length <= PLAIN_NUMBERS_MAX ? new Array<number>(length) : new Int32Array(length);
  const all: unknown[] = [];
  let packing: Packing | undefined;
  let index = 0;
  for (let at = 0; index < calls.length; index++, at += HEAD) {
    const { id, slot, fn, task, attempt, args } = calls[index]!;
    let packed = args;
    if (hasObject(args)) {
      packing ??= createPacking();
      const made = packing.add(args);
      if (made === undefined) break;
      packed = made.value as readonly unknown[];
    }
    heads[at] = id;
    heads[at + 1] = slot;
    heads[at + 2] = fn;
    heads[at + 3] = task;
    heads[at + 4] = attempt;
    heads[at + 5] = args.length;
    for (const arg of packed) all.push(arg);
  }
  const sent = index === calls.length ? heads : heads.slice(0, index * HEAD);
  return {
    batch: { heads: sent, args: all, parts: packing?.parts },
    transfer: packing?.transfer ?? [],
    count: index,
  };
}

/** A loop, for it is asked of each call. */
function hasObject(args: readonly unknown[]): boolean {
  for (let at = 0; at < args.length; at++) if (isObject(args[at])) return true;
  return false;
}

export function idsOfCalls({ heads }: CallBatch): number[] {
  const ids: number[] = [];
  for (let at = 0; at < heads.length; at += HEAD) ids.push(heads[at]!);
  return ids;
}

export function unpackCalls({ heads, args, parts }: CallBatch): HostCall[] {
  completeParts(parts);
  const calls: HostCall[] = [];
  for (let at = 0, from = 0; at < heads.length; at += HEAD) {
    const to = from + heads[at + 5]!;
    calls.push({
      id: heads[at]!,
      slot: heads[at + 1]!,
      fn: heads[at + 2]!,
      task: heads[at + 3]!,
      attempt: heads[at + 4]!,
      args: args.slice(from, to),
    });
    from = to;
  }
  return calls;
}

/** How a call ended: with a value, or with an error. */
export interface CallEnd {
  readonly id: number;
  readonly ok: boolean;
  /** What it returned, or the error that it threw. */
  readonly value: unknown;
  /** Milliseconds since the epoch, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Ends as they are sent, for the same reason. */
export interface EndBatch {
  /** Of each end: id, 1 for one with a value, startMs, endMs. */
  readonly heads: Numbers;
  readonly values: readonly unknown[];
  readonly parts: Parts | undefined;
}

const END_HEAD = 4;

/** @param parts of the values, which are packed */
export function packEnds(ends: readonly CallEnd[], parts: Parts | undefined): EndBatch {
  const length = ends.length * END_HEAD;
  const heads = length <= PLAIN_NUMBERS_MAX ? new Array<number>(length) : new Float64Array(length);
  for (let index = 0, at = 0; index < ends.length; index++, at += END_HEAD) {
    const { id, ok, startMs, endMs } = ends[index]!;
    heads[at] = id;
    heads[at + 1] = Number(ok);
    heads[at + 2] = startMs;
    heads[at + 3] = endMs;
  }
  return { heads, values: ends.map(({ value }) => value), parts };
}

export function unpackEnds({ heads, values, parts }: EndBatch): CallEnd[] {
  completeParts(parts);
  return values.map((value, index) => {
    const at = index * END_HEAD;
    return { id: heads[at]!, ok: heads[at + 1] === 1, value, startMs: heads[at + 2]!, endMs: heads[at + 3]! };
  });
}

/** Items of a generator that may be under way before the reader asks for more. */
export const STREAM_WINDOW = 64;

/** What a worker thread is given at its start. */
export interface ThreadData {
  /** One word for each call that is under way, see claims.ts. */
  readonly claims: Int32Array;
}
