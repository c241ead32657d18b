import { YonderError } from "../interface/errors.ts";
import type { BlockStore, Cid } from "../interface/store.ts";
import { largeBytesOf } from "../kinds/function/arguments.ts";
import type { Call } from "../kinds/function/call.ts";
import { bytesOfValue, valueOfBytes } from "../wire/values/bytes.ts";
import { getBytes, putBytes } from "./stored-bytes.ts";

/**
 * Bounds the memory that the large results of a session take. Beyond the bound, those that were used longest ago and that
 * no task waits for move to the store, and come back, verified, when they are asked for. One that the store has lost is
 * computed again from its lineage, which is its function and its arguments.
 */
export interface Values {
  /** A value is there, new or brought back. True: it is a large one, which may be lost and made again. */
  keep(call: Call): boolean;
  /** How much is in memory, in bytes. */
  readonly sizeBytes: number;
  /** Lets the store go; values can still be brought back. */
  close(): Promise<void>;
}

export interface ValuesOptions {
  readonly bytesMax: number;
  readonly openStore: () => Promise<BlockStore>;
  /** Runs the task of a call once more; resolves with its value. */
  readonly runAgain: (call: Call) => Promise<unknown>;
}

interface Kept {
  /** What nobody has a ref of any more goes with its call. */
  readonly call: WeakRef<Call>;
  readonly bytes: number;
}

export function keepValues({ bytesMax, openStore, runAgain }: ValuesOptions): Values {
  /** The one that was used longest ago first. */
  const kept = new Map<object, Kept>();
  const gone = new FinalizationRegistry<object>((token) => forget(token));
  const tokens = new WeakMap<Call, object>();
  let sizeBytes = 0;
  let store: Promise<BlockStore> | undefined;
  let isMaking = false;

  function forget(token: object): void {
    sizeBytes -= kept.get(token)?.bytes ?? 0;
    kept.delete(token);
  }

  function keep(call: Call): boolean {
    const bytes = largeBytesOf(call.value);
    if (bytes === 0) return false;
    const token = tokens.get(call) ?? {};
    if (!tokens.has(call)) {
      tokens.set(call, token);
      gone.register(call, token);
    }
    forget(token);
    kept.set(token, { call: new WeakRef(call), bytes });
    sizeBytes += bytes;
    if (sizeBytes > bytesMax && !isMaking) void makeRoom();
    return true;
  }

  async function makeRoom(): Promise<void> {
    isMaking = true;
    try {
      // What comes meanwhile is at the end of the same list.
      for (const [token, { call: weak }] of kept) {
        if (sizeBytes <= bytesMax) return;
        const call = weak.deref();
        if (call === undefined) forget(token);
        else if (call.users === 0) await moveOut(call, token);
      }
    } catch {
      // No store, or no room in it: memory has to do.
    } finally {
      isMaking = false;
    }
  }

  async function moveOut(call: Call, token: object): Promise<void> {
    const { value } = call;
    const bytes = bytesOfValue(value);
    const cid = await putBytes(await (store ??= openStore()), bytes);
    // Meanwhile a task may have begun to wait for it.
    if (call.users > 0 || call.value !== value) return;
    call.value = undefined;
    call.shared = undefined;
    call.elsewhere = () => bringBack(call, cid);
    forget(token);
  }

  /** However many ask for it meanwhile, it is read once. */
  function bringBack(call: Call, cid: Cid): Promise<unknown> {
    const coming = store!
      .then((blocks) => getBytes(blocks, cid))
      .then(valueOfBytes)
      .catch((error: unknown) => recomputed(call, error))
      .then((value) => {
        call.value = value;
        call.elsewhere = undefined;
        keep(call);
        return value;
      });
    call.elsewhere = () => coming;
    return coming;
  }

  async function recomputed(call: Call, cause: unknown): Promise<unknown> {
    if (call.options.pure === false || call.seq === 0) {
      throw new YonderError("VALUE_LOST", {
        message: `the result of ${call.fn.name} (task ${call.seq}) cannot be read back: ${String((cause as Error).message)}`,
        remedy: "run its task again, or give the job more memory for results (connect({ valuesBytesMax }))",
        cause,
      });
    }
    return runAgain(call);
  }

  return {
    keep,
    get sizeBytes() {
      return sizeBytes;
    },
    async close() {
      await (await store)?.[Symbol.asyncDispose]();
    },
  };
}
