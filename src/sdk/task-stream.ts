import { type Call, whenOver } from "../kinds/function/call.ts";
import { STREAM_WINDOW } from "../launch/thread/protocol.ts";

/** The items of a generator that runs as a task, as they come; its end, where it returns something, is `returned`. */
export interface TaskStream<T, R = unknown> extends AsyncIterable<T, void, undefined> {
  /** The task's number in its job. */
  readonly task: number;
  /** What the generator has returned, when the stream is at its end. */
  readonly returned: R | undefined;
}

/**
 * The reader's side of a generator: at most `STREAM_WINDOW` items wait here, then the generator does. It can be read once;
 * leaving it early cancels the task.
 */
export function taskStream<T, R, C extends Call>(
  submit: (onItems: (items: readonly unknown[]) => void) => C,
  credit: (call: C, items: number) => void,
  cancel: (call: C) => void,
): TaskStream<T, R> {
  let items: unknown[] = [];
  let wake: (() => void) | undefined;
  let over = false;
  const call = submit((more) => {
    items.push(...more);
    wake?.();
  });
  whenOver(call, () => {
    over = true;
    wake?.();
  });
  async function* read(): AsyncGenerator<T, void, undefined> {
    let taken = 0;
    try {
      for (;;) {
        const batch = items;
        items = [];
        for (const item of batch) {
          yield item as T;
          if (++taken < STREAM_WINDOW / 2) continue;
          if (!over) credit(call, taken);
          taken = 0;
        }
        if (items.length > 0) continue;
        if (over) break;
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
        wake = undefined;
      }
      if (call.state === "failed") throw call.error;
    } finally {
      if (!over) cancel(call);
    }
  }
  const reading = read();
  return {
    task: call.seq,
    get returned() {
      return call.state === "succeeded" ? (call.value as R) : undefined;
    },
    [Symbol.asyncIterator]: () => reading,
  };
}
