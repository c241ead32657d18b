/** Simulated time: actions in order of their time, and in the order in which they were entered where that is equal. */
export interface Agenda {
  nowMs: number;
  readonly entries: Entry[];
  entered: number;
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly action: () => void;
}

export function createAgenda(): Agenda {
  return { nowMs: 0, entries: [], entered: 0 };
}

export function enter(agenda: Agenda, atMs: number, action: () => void): void {
  const entry = { atMs: Math.max(atMs, agenda.nowMs), order: agenda.entered++, action };
  const after = agenda.entries.findIndex((other) => other.atMs > entry.atMs);
  agenda.entries.splice(after < 0 ? agenda.entries.length : after, 0, entry);
}

/** Performs the next action; false where there is none. */
export function advance(agenda: Agenda): boolean {
  const entry = agenda.entries.shift();
  if (entry === undefined) return false;
  agenda.nowMs = entry.atMs;
  entry.action();
  return true;
}
