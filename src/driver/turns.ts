/** Handles one thing after the other: those that come while another is handled wait until it is done with. */
export interface Turns<T> {
  take(next: T): void;
}

/**
 * @param handle one of them, with all that follows from it at once
 * @param idle nothing waits any more
 * @param broken `handle` or `idle` has thrown; what waits is let go
 */
export function createTurns<T>(
  handle: (one: T) => void,
  idle: () => void,
  broken: (error: unknown) => void,
): Turns<T> {
  const waiting: T[] = [];
  let isHandling = false;
  return {
    take(next) {
      waiting.push(next);
      if (isHandling) return;
      isHandling = true;
      try {
        for (let at = 0; at < waiting.length; at++) {
          handle(waiting[at]!);
          // Endless chains of events must not keep all of them.
          if (at === BATCH) {
            waiting.splice(0, at + 1);
            at = -1;
          }
        }
      } catch (error) {
        return broken(error);
      } finally {
        waiting.length = 0;
        isHandling = false;
      }
      idle();
    },
  };
}

const BATCH = 1023;
