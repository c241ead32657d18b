import type { Call } from "./call.ts";
import { isOver, whenOver } from "./call.ts";

export interface MapOptions {
  /** Results in the order of their items; false: as they come. Default true. */
  readonly ordered?: boolean;
  /** So many items are taken from the source ahead of the reader, at most. Default 1000. */
  readonly window?: number;
}

export const WINDOW_DEFAULT = 1000;

/**
 * Results of one task for each item, read as they are asked for. Memory is bounded by the window, not by the source: items
 * are taken only as results are read. A task that fails ends the iteration with its error, and leaving the iteration early
 * cancels what still runs.
 */
export async function* mapCalls<R>(
  source: Iterable<unknown> | AsyncIterable<unknown>,
  submit: (item: unknown) => Call,
  cancel: (call: Call) => void,
  { ordered = true, window = WINDOW_DEFAULT }: MapOptions,
): AsyncGenerator<R, void, undefined> {
  const reader = await openSource(source);
  /** In the order of items, from `at` on. */
  let inOrder: Call[] = [];
  let at = 0;
  /** Those that have ended, where the order does not matter. */
  const ready: Call[] = [];
  let underWay = 0;
  let ended = false;
  let wake: (() => void) | undefined;

  const onOver = (call: Call): void => {
    if (!ordered) ready.push(call);
    wake?.();
  };
  const take = (item: unknown): void => {
    const call = submit(item);
    underWay++;
    inOrder.push(call);
    whenOver(call, onOver);
  };
  /** Fills the window as far as items are there; resolves at once where the source does. */
  const fill = (): Promise<void> | undefined => {
    while (!ended && underWay < window) {
      const next = reader();
      if (next instanceof Promise) {
        return next.then((result) => {
          if (result.done) ended = true;
          else take(result.value);
        });
      }
      if (next.done) ended = true;
      else take(next.value);
    }
    return undefined;
  };
  let filling: Promise<void> | undefined;
  let failure: unknown;
  const keepFilling = (): void => {
    if (filling !== undefined || ended) return;
    filling = fill()?.then(
      () => {
        filling = undefined;
        wake?.();
        keepFilling();
      },
      (error: unknown) => {
        failure = error ?? new Error("the source failed");
        ended = true;
        filling = undefined;
        wake?.();
      },
    );
  };
  const nextCall = (): Call | undefined => {
    if (!ordered) return ready.shift();
    const call = inOrder[at];
    if (call === undefined || !isOver(call)) return undefined;
    if (++at > 1024) {
      inOrder = inOrder.slice(at);
      at = 0;
    }
    return call;
  };

  try {
    for (;;) {
      // Some at a time, so that tasks are given out in batches.
      if (underWay <= window - Math.max(1, window >> 3)) keepFilling();
      const call = nextCall();
      if (call !== undefined) {
        underWay--;
        if (call.state === "failed") throw call.error;
        yield call.value as R;
        continue;
      }
      if (failure !== undefined) throw failure;
      if (ended && underWay === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
      wake = undefined;
    }
  } finally {
    if (underWay > 0) for (const call of inOrder.slice(at)) cancel(call);
    await reader.close?.();
  }
}

interface Source {
  (): IteratorResult<unknown> | Promise<IteratorResult<unknown>>;
  close?: () => unknown;
}

async function openSource(source: Iterable<unknown> | AsyncIterable<unknown>): Promise<Source> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const read: Source = () => iterator.next();
  if (iterator.return !== undefined) read.close = () => iterator.return!();
  return read;
}
