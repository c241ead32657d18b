import { type Check, checkFields, numberCheck, refuse, typeCheck } from "./options.ts";

/** How an actor is run. Given where its class is marked, `actor(class …, options)`, and to `y.actor`, which wins. */
export interface ActorOptions<A extends readonly unknown[] = readonly unknown[]> {
  /** Whoever asks for an actor of this name gets the same one. Default: none, and each is a new one. */
  name?: string;
  /** For the constructor. Only whoever makes the actor is heard. Default: none. */
  args?: { readonly [I in keyof A]: A[I] };
  /** `"process"` for code that may crash or leak: each actor has its own. Default `"thread"`. */
  isolation?: "thread" | "process";
  /**
   * Does the actor have its thread for itself? By default actors share as many threads as the machine has for tasks, and
   * what ends a thread (process.exit, too little memory) makes all actors in it start again. Default: no.
   */
  dedicated?: boolean;
  /** Calls that the actor may have to do at a time, those that it is doing among them. Default 10,000. */
  mailbox?: number;
  /**
   * What becomes of a call more than that. `"reject"`: it fails with MAILBOX_FULL, at once. `"wait"`: it waits like all, in
   * memory that is the caller's to bound, by awaiting results. Default `"reject"`.
   */
  whenFull?: "reject" | "wait";
  /** How often a call that was under way when the actor crashed is made again, instead of failing with WORKER_LOST. Default 0. */
  retries?: number;
  /**
   * How often the actor may crash and start again; once more and it is dead: all its calls fail with ACTOR_DEAD. In a group
   * (`y.supervisor`) the group's own option counts. Default: 3 times in 5,000 ms.
   */
  restart?: RestartOptions;
  /** Is a method that throws a crash? Its call fails either way, but the actor goes on as it is. Default: no. */
  crashOnError?: boolean;
  /**
   * Does the state outlive a crash of the actor, of its process and of this program? The class must have `checkpoint()` and
   * `static restore(state)`, and its methods must do the same whenever they are called in the same order: every call is
   * logged before it is made, and after a crash those since the last checkpoint are made again. Needs a name. Default: no.
   */
  durable?: boolean | DurableOptions;
}

/** Crashes that are put up with: `intensity` of them within `periodMs`. */
export interface RestartOptions {
  /** Default 3. */
  intensity?: number;
  /** In milliseconds. Default 5,000. */
  periodMs?: number;
}

/** How the state of an actor is kept on disk. */
export interface DurableOptions {
  /** Calls from one checkpoint to the next. Default 1,000. */
  every?: number;
  /** Are logged calls to survive a power failure too? Costs a write to the disk for each batch of calls. Default: no. */
  fsync?: boolean;
  /** Where actors have their directories. Default: `actors` in yonder's state directory. */
  directory?: string;
}

/** How the members of a group start again when one of them crashes, as in Erlang. */
export interface SupervisorOptions extends RestartOptions {
  /**
   * `"one-for-one"`: the one that crashed. `"one-for-all"`: all of them. `"rest-for-one"`: the one that crashed and those
   * that joined the group after it. Default `"one-for-one"`.
   */
  strategy?: "one-for-one" | "one-for-all" | "rest-for-one";
}

export const MAILBOX_DEFAULT = 10_000;
export const INTENSITY_DEFAULT = 3;
export const PERIOD_MS_DEFAULT = 5000;
export const EVERY_DEFAULT = 1000;

/** Throws a YonderError("USAGE") that names the first option that is unknown or has no sense. */
export function checkActorOptions(options: object): void {
  if (typeof options !== "object" || options === null) refuse("options", "an object", options);
  checkFields(options, "", checks);
}

export function checkSupervisorOptions(options: object): void {
  checkFields(options, "", {
    ...restartChecks,
    strategy: oneOf("one-for-one", "one-for-all", "rest-for-one"),
  });
}

const positive = numberCheck("a whole number, 1 or more", (n) => Number.isInteger(n) && n >= 1);
const count = numberCheck("a whole number, 0 or more", (n) => Number.isInteger(n) && n >= 0);

const restartChecks: Record<keyof RestartOptions, Check> = {
  intensity: count,
  periodMs: numberCheck("a positive number of milliseconds", (n) => n > 0),
};

const durableChecks: Record<keyof DurableOptions, Check> = {
  every: positive,
  fsync: typeCheck("boolean"),
  directory: typeCheck("string"),
};

const checks: Record<keyof ActorOptions, Check> = {
  name: (value, path) =>
    (typeof value === "string" && value !== "") || refuse(path, "a string that is not empty", value),
  args: (value, path) => Array.isArray(value) || refuse(path, "a list", value),
  isolation: oneOf("thread", "process"),
  dedicated: typeCheck("boolean"),
  mailbox: positive,
  whenFull: oneOf("reject", "wait"),
  retries: count,
  restart: (value, path) => checkFields(value, `${path}.`, restartChecks),
  crashOnError: typeCheck("boolean"),
  durable: (value, path) => typeof value === "boolean" || checkFields(value, `${path}.`, durableChecks),
};

function oneOf(...words: readonly string[]): Check {
  const expected = words.map((word) => JSON.stringify(word)).join(" or ");
  return (value, path) => words.includes(value as string) || refuse(path, expected, value);
}
