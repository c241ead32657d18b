import { createPacking } from "../../wire/values/pack.ts";
import { type RunningCall, runIn } from "./context.ts";
import type { Post } from "./outbox.ts";
import { STREAM_WINDOW } from "./protocol.ts";
import { unsendableResult } from "./unsendable-result.ts";

export type Items = Iterator<unknown> | AsyncIterator<unknown>;

/** What a generator gives, going to its reader as fast as that takes it. */
export interface ItemStream {
  /** Resolves with what the generator returns at its end. */
  readonly done: Promise<unknown>;
  /** The reader has room for so many more. */
  credit(items: number): void;
}

/** At most `STREAM_WINDOW` items are under way; then the generator waits until the reader has taken some. */
export function streamItems(call: RunningCall, items: Items, post: Post): ItemStream {
  let room = STREAM_WINDOW;
  let wake: (() => void) | undefined;

  const hasRoom = async (): Promise<void> => {
    if (room > 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    call.signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
  };
  const run = async (): Promise<unknown> => {
    let batch: unknown[] = [];
    let packing = createPacking();
    const flush = (): void => {
      const items = batch;
      const { parts, transfer } = packing;
      batch = [];
      packing = createPacking();
      if (items.length === 0) return;
      try {
        post({ type: "items", id: call.id, items, parts }, transfer);
      } catch (cause) {
        throw unsendableResult(items, cause, "items");
      }
    };
    try {
      for (;;) {
        const next = items.next();
        // What comes at once is sent together; before a wait, all that is there goes.
        if (next instanceof Promise) flush();
        const result = await next;
        if (result.done) {
          flush();
          return result.value;
        }
        // As it is now: the generator may change it before it gives the next one.
        const { value, isWhole } = packing.snapshot(result.value);
        batch.push(value);
        room--;
        if (isWhole || room === 0 || batch.length === STREAM_WINDOW / 2) flush();
        if (room === 0) await hasRoom();
        call.signal.throwIfAborted();
      }
    } catch (error) {
      flush();
      await items.return?.();
      throw error;
    }
  };
  return {
    done: runIn(call, run, []),
    credit(more) {
      room += more;
      wake?.();
      wake = undefined;
    },
  };
}
