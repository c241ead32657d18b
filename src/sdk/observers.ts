import type { SessionObserver } from "./session/observer.ts";

/** Tells several observers the same. What nobody listens to costs nothing. */
export interface Observers extends SessionObserver {
  /** Returns a function that takes it away again. */
  add(observer: Partial<SessionObserver>): () => void;
}

export function createObservers(): Observers {
  const all = new Set<Partial<SessionObserver>>();
  const listeners = listenersOf(all);
  /** Those that are told now are told to the end, whoever comes or goes meanwhile: the lists are new ones each time. */
  const renew = (): void => void Object.assign(listeners, listenersOf(all));
  return {
    add(observer) {
      all.add(observer);
      renew();
      return () => {
        all.delete(observer);
        renew();
      };
    },
    added(call) {
      for (const one of listeners.added) one(call);
    },
    started(call) {
      for (const one of listeners.started) one(call);
    },
    ended(call, times, outcome) {
      for (const one of listeners.ended) one(call, times, outcome);
    },
    settled(call, outcome) {
      for (const one of listeners.settled) one(call, outcome);
    },
    output(call, stream, text) {
      for (const one of listeners.output) one(call, stream, text);
    },
    stray(error) {
      for (const one of listeners.stray) one(error);
    },
  };
}

type Listeners = { [K in keyof SessionObserver]: SessionObserver[K][] };

function listenersOf(observers: Iterable<Partial<SessionObserver>>): Listeners {
  const listeners: Listeners = { added: [], started: [], ended: [], settled: [], output: [], stray: [] };
  for (const { added, started, ended, settled, output, stray } of observers) {
    if (added) listeners.added.push(added);
    if (started) listeners.started.push(started);
    if (ended) listeners.ended.push(ended);
    if (settled) listeners.settled.push(settled);
    if (output) listeners.output.push(output);
    if (stray) listeners.stray.push(stray);
  }
  return listeners;
}
