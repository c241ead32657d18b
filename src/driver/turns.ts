/** Handles one event after the other: those that come while another is handled wait until it is done with. */
export interface Turns<E, A> {
  take(event: E, about: A): void;
}

/**
 * @param handle one of them, with all that follows from it at once
 * @param idle nothing waits any more
 * @param broken `handle` or `idle` has thrown; what waits is let go
 */
export function createTurns<E, A>(
  handle: (event: E, about: A) => void,
  idle: () => void,
  broken: (error: unknown) => void,
): Turns<E, A> {
  const waiting: { readonly event: E; readonly about: A }[] = [];
  let isHandling = false;

  function handleWaiting(): void {
    for (let at = 0; at < waiting.length; at++) {
      const { event, about } = waiting[at]!;
      handle(event, about);
      // A chain of events without an end must not keep all of them.
      if (at < WAITING_MAX) continue;
      waiting.splice(0, at + 1);
      at = -1;
    }
    waiting.length = 0;
  }

  return {
    take(event, about) {
      if (isHandling) return void waiting.push({ event, about });
      isHandling = true;
      try {
        handle(event, about);
        if (waiting.length > 0) handleWaiting();
      } catch (error) {
        waiting.length = 0;
        return broken(error);
      } finally {
        isHandling = false;
      }
      idle();
    },
  };
}

const WAITING_MAX = 1024;
