import type { Launcher } from "../../../interface/launcher.ts";
import type { TermSequence } from "../../../options/values.ts";

/** Sends --term-seq to attempts, a step at a time, until they are gone. */
export interface Terminator {
  terminate(id: number): void;
  close(): void;
}

export function terminator(launcher: Launcher, sequence: TermSequence): Terminator {
  const timers = new Set<NodeJS.Timeout>();
  const send = (id: number, step: number): void => {
    const next = sequence[step];
    // An attempt that is gone cannot be signalled, which ends the sequence.
    if (next === undefined || !launcher.signal(id, next[0])) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      send(id, step + 1);
    }, next[1]);
    timers.add(timer);
  };
  return {
    terminate: (id) => send(id, 0),
    close: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
