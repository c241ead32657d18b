/** Something that was asked for, and who waits for it. */
export interface Asked<T, R> {
  readonly what: T;
  readonly done: PromiseWithResolvers<R>;
}

/** One batch is prepared or worked up here while the host is busy with another one. */
const LANES = 2;

/**
 * Lets what is asked for at about the same time be done together: what comes while batches are under way goes with the
 * next, so that one alone goes at once, and many go in few round trips.
 *
 * @param act settles each of a batch; what it throws is for those that it has not
 * @param countOf how many, from the first, make a batch
 */
export function inBatches<T, R>(
  act: (batch: readonly Asked<T, R>[]) => Promise<void>,
  countOf: (queue: readonly Asked<T, R>[]) => number,
): (what: T) => Promise<R> {
  const queue: Asked<T, R>[] = [];
  let working = 0;

  async function work(): Promise<void> {
    // So that all that is asked for in one turn of the event loop is there.
    await new Promise(setImmediate);
    while (queue.length > 0) {
      const batch = queue.splice(0, countOf(queue));
      try {
        await act(batch);
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    working--;
  }

  return (what) => {
    const done = Promise.withResolvers<R>();
    queue.push({ what, done });
    if (working < LANES) {
      working++;
      void work();
    }
    return done.promise;
  };
}
