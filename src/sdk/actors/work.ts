import type { CallAttempt } from "../../launch/thread/launcher.ts";
import type { Call, SessionFunction } from "../call.ts";
import type { Actor } from "./actor.ts";

/** What an attempt in a host is for. */
export type Work = ActorCall | Control;

/** A call of a method, from when it is made until it is over. */
export interface ActorCall {
  readonly type: "call";
  readonly actor: Actor;
  /** In the mailbox: the task's number, or, for what is only replayed, the negative number in the log. */
  readonly number: number;
  readonly method: SessionFunction;
  /** Who waits for it; undefined for one that is only replayed. */
  readonly call: Call | undefined;
  /** In the log; 0 until it is there. */
  logged: number;
  /** As they were logged. */
  args: readonly unknown[] | undefined;
  /** While it is under way. */
  attempt: CallAttempt<Work> | undefined;
}

/** What an actor is told to do beside its calls: to be made, to give its state. */
export interface Control {
  readonly type: "control";
  readonly actor: Actor;
  resolve(value: unknown): void;
  reject(error: Error): void;
}
