import { types } from "node:util";
import { YonderError } from "../../interface/errors.ts";
import { pack } from "../../wire/values/pack.ts";
import { thrownError } from "../../wire/values/thrown.ts";
import type { AnyFunction, Instances } from "./actor-host.ts";
import { claimBegin } from "./claims.ts";
import { callHere, RunningCall, runIn, runOnlyIn } from "./context.ts";
import { type KnownFunction, knownFunction, loadFunction, noteRuntime } from "./functions.ts";
import { createOutbox, type Post } from "./outbox.ts";
import { captureOutput } from "./output.ts";
import { type CallEnd, FAILS, type HostCall, type ToHost, unpackCalls } from "./protocol.ts";
import { type ItemStream, type Items, streamItems } from "./stream.ts";
import { unsendableResult } from "./unsendable-result.ts";

/** Runs calls in this thread or process: each slot one after the other, slots side by side where their calls wait. */
export interface Host {
  receive(message: ToHost): void;
  /** No call runs that waits for something: nothing is missed while the thread waits for the next message. */
  readonly isIdle: boolean;
  /** Sends the ends that wait to be sent together. */
  flush(): void;
}

interface Queued extends HostCall {
  /** Which of all calls that were sent here; see claims.ts. */
  readonly count: number;
}

interface HostSlot {
  readonly queue: Queued[];
  isBusy: boolean;
}

/** A function whose calls take longer on average may keep us busy: what has ended is sent before it begins. */
const QUICK_MS = 0.2;

/** @param claims shared with the driver, where it may take calls back */
export function createHost(post: Post, claims?: Int32Array): Host {
  const functions = new Map<number, KnownFunction>([[FAILS, knownFunction(throwGiven)]]);
  const instances: Instances = new Map();
  const slots = new Map<number, HostSlot>();
  const running = new Map<number, RunningCall>();
  const streams = new Map<number, ItemStream>();
  const outbox = createOutbox(post, (end, cause) => ({
    ...end,
    ok: false,
    value: unsendableResult(end.value, cause),
  }));
  /** Of calls that wait for something: frees the slot, once. */
  const releases = new Map<number, () => void>();
  let received = 0;
  /** Slots whose call waits for something. */
  let busy = 0;

  /** Runs what waits in a slot until it is empty or a call waits for something. */
  function work(slot: HostSlot): void {
    if (slot.isBusy) return;
    for (let call = slot.queue.shift(); call !== undefined; call = slot.queue.shift()) {
      if (claims !== undefined && !claimBegin(claims, call.count)) continue;
      const waits = begin(call);
      if (waits === undefined) continue;
      hold(slot, call.id, waits);
      break;
    }
  }

  /** The slot is the call's until that has ended. */
  function hold(slot: HostSlot, id: number, waits: Promise<void>): void {
    slot.isBusy = true;
    busy++;
    const release = (): void => {
      if (!releases.delete(id)) return;
      slot.isBusy = false;
      busy--;
      work(slot);
      outbox.flush();
    };
    releases.set(id, release);
    void waits.then(release);
  }

  /** A promise where the call does not end at once. */
  function begin(call: Queued): Promise<void> | undefined {
    const known = functions.get(call.fn)!;
    if (known.meanMs > QUICK_MS) outbox.flush();
    const context = new RunningCall(call);
    if (typeof known.fn === "function") return invoke(call, context, known, known.fn);
    outbox.flush();
    return known.fn.then(
      (fn) => invoke(call, context, known, fn),
      (error) => fail(call.id, nowMs(), error),
    );
  }

  function invoke(
    call: Queued,
    context: RunningCall,
    known: KnownFunction,
    fn: AnyFunction,
  ): Promise<void> | undefined {
    const startMs = nowMs();
    let result: unknown;
    let isStream: boolean;
    try {
      result = (known.mayWait ? runIn : runOnlyIn)(context, fn, call.args);
      isStream = types.isGeneratorObject(result);
      known.mayWait = isStream || isThenable(result);
    } catch (error) {
      fail(call.id, startMs, error);
      return undefined;
    }
    if (!known.mayWait) {
      succeed(known, call.id, startMs, result);
      return undefined;
    }
    running.set(call.id, context);
    if (isStream) {
      const stream = streamItems(context, result as Items, post);
      streams.set(call.id, stream);
      result = stream.done;
    }
    // It may take its time: nothing waits for it.
    outbox.flush();
    return Promise.resolve(result).then(
      (value) => succeed(known, call.id, startMs, value),
      (error) => fail(call.id, startMs, error),
    );
  }

  function succeed(known: KnownFunction, id: number, startMs: number, value: unknown): void {
    noteRuntime(known, over({ id, ok: true, value, startMs, endMs: nowMs() }));
  }

  function fail(id: number, startMs: number, error: unknown): void {
    over({ id, ok: false, value: thrownError(error), startMs, endMs: nowMs() });
  }

  /** How long it took. */
  function over(end: CallEnd): number {
    running.delete(end.id);
    streams.delete(end.id);
    outbox.end(end);
    return end.endMs - end.startMs;
  }

  // A timer or a promise that a call has left behind. Where the call still runs, it is the call that has failed.
  const stray = (error: unknown): void => {
    const context = callHere();
    if (context !== undefined && running.has(context.id)) {
      fail(context.id, nowMs(), error);
      // What it waits for may never come now.
      releases.get(context.id)?.();
    } else post({ type: "stray", error: pack(thrownError(error)) });
    outbox.flush();
  };
  process.on("uncaughtException", stray);
  process.on("unhandledRejection", stray);
  captureOutput(post);
  post({ type: "up" });

  return {
    get isIdle() {
      return busy === 0;
    },
    flush: outbox.flush,
    receive(message) {
      switch (message.type) {
        case "define":
          functions.set(message.id, loadFunction(message.spec, instances));
          return;
        case "calls": {
          const touched = new Set<HostSlot>();
          for (const call of unpackCalls(message)) {
            const slot = slots.get(call.slot) ?? { queue: [], isBusy: false };
            slots.set(call.slot, slot);
            slot.queue.push({ ...call, count: received++ });
            touched.add(slot);
          }
          for (const slot of touched) work(slot);
          outbox.flush();
          return;
        }
        case "abort":
          running.get(message.id)?.abort(new YonderError("CANCELLED", { message: message.reason }));
          return;
        case "credit":
          streams.get(message.id)?.credit(message.items);
          return;
        default:
          message satisfies never;
      }
    },
  };
}

function throwGiven(error: unknown): never {
  throw error;
}

const ORIGIN_MS = performance.timeOrigin;

function nowMs(): number {
  return ORIGIN_MS + performance.now();
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
