import { type Check, checkFields, numberCheck, typeCheck } from "../function/options.ts";
import { YonderError } from "../interface/errors.ts";
import { type Call, isOver, whenOver } from "../kinds/function/call.ts";
import { type CallSite, errorAt } from "../stacks/call-site.ts";

/** How `map` reads and gives. */
export interface MapOptions {
  /** Results in the order of their items; false: as they come. Default true. */
  readonly ordered?: boolean;
  /** So many items are taken from the source ahead of the reader, at most. Default 1000. */
  readonly window?: number;
}

const WINDOW_DEFAULT = 1000;

const checks: Record<keyof MapOptions, Check> = {
  ordered: typeCheck("boolean"),
  window: numberCheck("a number, 1 or more", (n) => n >= 1),
};

export interface MapTasks {
  /** Makes a task of an item. */
  submit(item: unknown): Call;
  cancel(call: Call): void;
  /** Where the program has asked for it. */
  readonly site?: CallSite | undefined;
}

/**
 * Results of one task for each item, read as they are asked for. Memory is bounded by the window, not by the source: items
 * are taken only as results are read. A task that fails, or a source that does, ends the iteration with its error; leaving
 * the iteration early cancels what still runs.
 *
 * An iterator by hand: a generator would cost as much for each result as the task itself.
 */
export function mapCalls(
  source: Iterable<unknown> | AsyncIterable<unknown>,
  { submit, cancel, site }: MapTasks,
  options: MapOptions,
): AsyncIterableIterator<unknown> {
  checkFields(options, "", checks);
  const { ordered = true, window = WINDOW_DEFAULT } = options;
  const items = iteratorOf(source);
  const isAsync = isAsyncSource(Object(source));
  const refillAt = leftBeforeMore(window);
  /** In the order of their items or, unordered, in that of their ends. */
  const calls = queue<Call>();
  let underWay = 0;
  let isReading = false;
  let isOpen = true;
  let failure: { readonly error: unknown } | undefined;
  const readers = queue<Reader>();
  /** Unordered: those that have not ended. */
  const open = new Set<Call>();

  function take(result: IteratorResult<unknown>): boolean {
    if (result.done || !isOpen) {
      if (result.done) isOpen = false;
      return false;
    }
    const call = submit(result.value);
    underWay++;
    if (ordered) calls.push(call);
    else open.add(call);
    whenOver(call, ordered ? serve : onOver);
    return true;
  }

  function onOver(call: Call): void {
    if (!open.delete(call)) return;
    calls.push(call);
    serve();
  }

  /** Takes items until the window is full or the source makes us wait. */
  function refill(): void {
    if (isReading || !isOpen || underWay > refillAt) return;
    try {
      while (underWay < window) {
        const next = items.next();
        if (isAsync) {
          isReading = true;
          Promise.resolve(next).then(
            (result) => {
              isReading = false;
              try {
                if (take(result)) refill();
              } catch (error) {
                fail(error);
              }
              serve();
            },
            (error) => {
              isReading = false;
              fail(error);
              serve();
            },
          );
          return;
        }
        if (!take(next as IteratorResult<unknown>)) return;
      }
    } catch (error) {
      fail(error instanceof YonderError ? errorAt(site, error) : error);
    }
  }

  function fail(error: unknown): void {
    failure = { error };
    isOpen = false;
  }

  /** Answers readers as far as results are there. */
  function serve(): void {
    for (let reader = readers.first(); reader !== undefined; reader = readers.first()) {
      const result = answer();
      if (result === undefined) return;
      readers.shift();
      result.then(reader.resolve, reader.reject);
    }
  }

  /** Undefined while there is nothing to say. */
  function answer(): Promise<IteratorResult<unknown>> | undefined {
    const call = calls.first();
    if (call !== undefined && isOver(call)) {
      calls.shift();
      underWay--;
      if (call.state === "succeeded") return resultOf(call);
      fail(errorAt(site, call.error!));
    }
    if (failure !== undefined) {
      const { error } = failure;
      failure = undefined;
      // The first failure is the one that counts.
      leave().catch(() => {});
      return Promise.reject(error);
    }
    if (isOpen || underWay > 0) return undefined;
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Nobody reads on. Rejects where the source cannot be closed. */
  async function leave(): Promise<void> {
    isOpen = false;
    underWay = 0;
    for (let call = calls.shift(); call !== undefined; call = calls.shift()) cancel(call);
    for (const call of open) cancel(call);
    open.clear();
    await items.return?.();
  }

  return {
    next() {
      refill();
      const result = readers.first() === undefined ? answer() : undefined;
      if (result !== undefined) return result;
      return new Promise((resolve, reject) => readers.push({ resolve, reject }));
    },
    async return() {
      const left = leave();
      serve();
      // An asynchronous source may be waiting for its next item, for ever.
      if (isReading) left.catch(() => {});
      else await left;
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** So many tasks keep the slots of many machines busy. */
const UNDER_WAY_ENOUGH = 448;

/**
 * When so few are under way, more items are taken: some at a time, so that tasks are given out in batches; of a large window half
 * of it, for each message to a thread wakes it, which costs as much as many tasks that do little.
 */
function leftBeforeMore(window: number): number {
  return Math.max(window >> 1, Math.min(window - Math.max(1, window >> 3), UNDER_WAY_ENOUGH));
}

function isAsyncSource(source: object): source is AsyncIterable<unknown> {
  return Symbol.asyncIterator in source;
}

function iteratorOf(
  source: Iterable<unknown> | AsyncIterable<unknown>,
): Iterator<unknown> | AsyncIterator<unknown> {
  // A text is one too.
  const from: object = Object(source);
  if (isAsyncSource(from)) return from[Symbol.asyncIterator]();
  if (Symbol.iterator in from) return (from as Iterable<unknown>)[Symbol.iterator]();
  throw new YonderError("USAGE", {
    message: `map was given ${source === null ? "null" : typeof source === "object" ? "an object" : typeof source} to take items from`,
    remedy: "give an array, a generator, or anything else that for await can read",
  });
}

/** Without a wait where the value is here. */
function resultOf(call: Call): Promise<IteratorResult<unknown>> {
  if (call.elsewhere === undefined) return Promise.resolve({ done: false, value: call.value });
  return call.elsewhere().then((value) => ({ done: false, value }));
}

interface Reader {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

interface Queue<T> {
  push(item: T): void;
  first(): T | undefined;
  shift(): T | undefined;
}

/** First in, first out, in constant time: an array that forgets its beginning now and then. */
function queue<T>(): Queue<T> {
  let items: T[] = [];
  let at = 0;
  return {
    push: (item) => void items.push(item),
    first: () => items[at],
    shift() {
      const item = items[at];
      if (item !== undefined && ++at > 1024) {
        items = items.slice(at);
        at = 0;
      }
      return item;
    },
  };
}
