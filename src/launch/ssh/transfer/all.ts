/** What all of them give. @throws what the first of them throws, when all are through */
export async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Of a directory with many files not all are in memory. */
const WINDOW = 512;

/**
 * Adds up what `act` gives for each.
 *
 * @throws what the first failure throws, when all that was begun is through; nothing is begun after it
 */
export async function sumWindowed<T>(items: Iterable<T>, act: (item: T) => Promise<number>): Promise<number> {
  const running = new Set<Promise<void>>();
  let total = 0;
  let failure: { readonly error: unknown } | undefined;
  try {
    for (const item of items) {
      const one = act(item)
        .then(
          (number) => void (total += number),
          (error: unknown) => void (failure ??= { error }),
        )
        .finally(() => running.delete(one));
      running.add(one);
      if (running.size >= WINDOW) await Promise.race(running);
      if (failure !== undefined) break;
    }
  } finally {
    await Promise.all(running);
  }
  if (failure !== undefined) throw failure.error;
  return total;
}

/** Lets one thing be done after the other. */
export function oneAtATime(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const next = last.then(act);
    last = next.catch(() => {});
    return next;
  };
}
