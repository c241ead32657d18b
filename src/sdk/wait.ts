import { isOver, whenOver } from "./call.ts";
import { callOfRef, type Ref } from "./ref.ts";
import type { WaitOptions } from "./yonder.ts";

/** Resolves when enough refs are over, or the time is. */
export async function waitForRefs<T>(
  refs: Iterable<Ref<T>>,
  { count, timeoutMs, signal }: WaitOptions = {},
): Promise<{ done: Ref<T>[]; pending: Ref<T>[] }> {
  signal?.throwIfAborted();
  const all = [...refs];
  let left = Math.min(count ?? all.length, all.length);
  const enough = Promise.withResolvers<void>();
  if (left <= 0) enough.resolve();
  for (const ref of all) whenOver(callOfRef(ref), () => --left <= 0 && enough.resolve());
  const timer = timeoutMs === undefined ? undefined : setTimeout(enough.resolve, timeoutMs);
  const onAbort = (): void => enough.reject(signal!.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await enough.promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
  const isDone = (ref: Ref<T>): boolean => isOver(callOfRef(ref));
  return { done: all.filter(isDone), pending: all.filter((ref) => !isDone(ref)) };
}
