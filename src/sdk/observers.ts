import type { SessionObserver } from "./session.ts";

/** Tells several observers the same. */
export interface Observers extends SessionObserver {
  /** Returns a function that takes it away again. */
  add(observer: Partial<SessionObserver>): () => void;
}

export function createObservers(): Observers {
  const all = new Set<Partial<SessionObserver>>();
  return {
    add(observer) {
      all.add(observer);
      return () => void all.delete(observer);
    },
    started(call) {
      for (const one of all) one.started?.(call);
    },
    ended(call, times, outcome) {
      for (const one of all) one.ended?.(call, times, outcome);
    },
    settled(call, outcome) {
      for (const one of all) one.settled?.(call, outcome);
    },
    output(call, stream, text) {
      for (const one of all) one.output?.(call, stream, text);
    },
    stray(error) {
      for (const one of all) one.stray?.(error);
    },
  };
}
