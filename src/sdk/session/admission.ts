import type { Call } from "../call.ts";
import { nowMs, type Scheduling } from "./scheduling.ts";

/** Tells the scheduler of new tasks once a turn of the event loop: those in a row that are of one class as one event. */
export interface Admission {
  add(call: Call): void;
  /** Does so now. */
  admit(): void;
}

export function createAdmission({ dispatch }: Scheduling): Admission {
  let fresh: Call[] = [];

  function admit(): void {
    const calls = fresh;
    fresh = [];
    for (let at = 0; at < calls.length; ) {
      const end = endOfRow(calls, at);
      admitRow(calls.slice(at, end));
      at = end;
    }
  }

  function admitRow(calls: readonly Call[]): void {
    const [first] = calls;
    const blocked = isBlocked(first!);
    dispatch({ nowMs: nowMs(), type: "tasksAdded", count: calls.length, class: first!.class, blocked });
    if (!blocked) return;
    for (const call of calls) {
      if (call.error !== undefined) dispatch({ nowMs: nowMs(), type: "inputFailed", task: call.task });
    }
  }

  return {
    add(call) {
      fresh.push(call);
      if (fresh.length === 1) queueMicrotask(admit);
    },
    admit,
  };
}

function endOfRow(calls: readonly Call[], from: number): number {
  const first = calls[from]!;
  const blocked = isBlocked(first);
  let end = from + 1;
  while (end < calls.length && calls[end]!.class === first.class && isBlocked(calls[end]!) === blocked) end++;
  return end;
}

function isBlocked({ missing, error, doer }: Call): boolean {
  return missing > 0 || error !== undefined || doer !== undefined;
}
