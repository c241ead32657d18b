import { nowMs } from "../../clock.ts";
import type { AttemptEnd, AttemptSpec } from "../../interface/launcher.ts";
import type { Exit } from "../../interface/task.ts";
import type { Capture } from "./capture.ts";

/** An attempt in a slot on a host. */
export interface Entry {
  readonly attempt: AttemptSpec;
  /** Decides whether it begins: see Claims. */
  claim: number;
  /** We have asked for its claim. */
  isAsked: boolean;
  /** We have its claim: it does not begin. */
  isTaken: boolean;
  hasBegun: boolean;
  startMs: number;
  /** The last signal that was sent to it; 0 for none. */
  signal: number;
  capture: Capture | undefined;
}

export function newEntry(attempt: AttemptSpec): Entry {
  const startMs = nowMs();
  return {
    attempt,
    claim: 0,
    isAsked: false,
    isTaken: false,
    hasBegun: false,
    startMs,
    signal: 0,
    capture: undefined,
  };
}

/** Of one that went nowhere. */
export function notRun({ attempt, startMs }: Entry): AttemptEnd {
  return { id: attempt.id, exit: { exitCode: 255, signal: 0 }, startMs, endMs: startMs, unstarted: true };
}

/** Of an attempt whose session has gone under it; GNU parallel sees ssh's own exit status there. */
export function exitAfter({ signal }: Entry): Exit {
  return signal === 0 ? { exitCode: 255, signal: 0 } : { exitCode: 0, signal };
}
