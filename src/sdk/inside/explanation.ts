import type { CallState } from "../../kinds/function/call.ts";

/** Where a task is, and why. */
export interface TaskExplanation {
  /** Its number in its job, from 1. */
  readonly task: number;
  /** The call, with its arguments in short: `thumbnail(Uint8Array(51200), 128)`. */
  readonly call: string;
  /** `blocked`: inputs are missing. `waiting`: for a slot, resources or its next try. */
  readonly state: CallState;
  /** Of attempts that have begun, the latest; 0 for none. */
  readonly attempt: number;
  /** Only while it runs. */
  readonly slot?: number;
  /** Only while it runs: when it was given to its slot, in milliseconds since the epoch. */
  readonly startedMs?: number;
  /** What it waits for, or what ended it, a sentence each. */
  readonly reasons: readonly string[];
  /** The tasks that it waits for. */
  readonly waitsFor: readonly number[];
}
