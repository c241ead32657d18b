import { type Check, checkFields, numberCheck } from "../function/options.ts";
import { forgetTell, isOver, whenOver } from "../kinds/function/call.ts";
import { callOfRef, type Ref } from "../kinds/function/ref.ts";
import type { WaitOptions } from "./yonder.ts";

/** The longest that node's timers wait, a little less than 25 days. */
const MS_MAX = 2 ** 31 - 1;

const checks: Record<keyof WaitOptions, Check> = {
  count: numberCheck("a number, 0 or more", (n) => n >= 0),
  timeoutMs: numberCheck("a number of milliseconds, 0 or more", (n) => n >= 0),
  signal: () => {},
};

/** Resolves when enough refs are over, or the time is. */
export async function waitForRefs<T>(
  refs: Iterable<Ref<T>>,
  options: WaitOptions = {},
): Promise<{ done: Ref<T>[]; pending: Ref<T>[] }> {
  checkFields(options, "", checks);
  const { count, timeoutMs = MS_MAX, signal } = options;
  signal?.throwIfAborted();
  const all = [...refs];
  const calls = all.map(callOfRef);
  let left = Math.min(count ?? all.length, all.length);
  const enough = Promise.withResolvers<void>();
  if (left <= 0) enough.resolve();
  const tell = (): void => {
    if (--left <= 0) enough.resolve();
  };
  for (const call of calls) whenOver(call, tell);
  const timer = timeoutMs >= MS_MAX ? undefined : setTimeout(enough.resolve, timeoutMs);
  const onAbort = (): void => enough.reject(signal!.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await enough.promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    // Who waits often for the same long task must not fill it with listeners.
    for (const call of calls) forgetTell(call, tell);
  }
  const isDone = (ref: Ref<T>): boolean => isOver(callOfRef(ref));
  return { done: all.filter(isDone), pending: all.filter((ref) => !isDone(ref)) };
}
