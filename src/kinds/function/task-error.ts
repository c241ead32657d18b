import { YonderError } from "../../interface/errors.ts";
import { classesOf } from "../../wire/values/error-parts.ts";
import type { Call } from "./call.ts";

/** The error of a task, with the task that threw it: in its stack for people, as `task` for programs. */
export function errorOf(error: Error, { fn, seq: task, attempt }: Call): Error {
  error.stack = `${error.stack || `${error.name}: ${error.message}`}\n    at task ${task} (${fn.name}, attempt ${attempt})`;
  Object.defineProperty(error, "task", { value: task, writable: true, configurable: true });
  return error;
}

/** Whether the task's options want another try after this error. */
export function isWorthARetry(error: Error, { options }: Call): boolean {
  // What cannot be sent could not be sent again.
  if (error instanceof YonderError && (error.code === "ARGUMENT" || error.code === "LAUNCH")) return false;
  const on = options.retries?.on;
  if (on === undefined) return true;
  const classes = classesOf(error);
  return on.some((one) => {
    const wanted = typeof one === "string" ? one : one.name;
    return error.name === wanted || classes.includes(wanted);
  });
}

export function lostError({ fn, seq: task, options }: Call, why: string): YonderError {
  const isAlone = options.isolation === "process";
  return new YonderError("WORKER_LOST", {
    message: `${fn.name} (task ${task}) did not end: ${why}`,
    remedy: isAlone
      ? "find out what ends it; with retries it is tried again"
      : 'if it can crash, give it a process of its own (isolation: "process"); with retries it is tried again',
  });
}

/** A function that returns a generator, and so has items, but is none itself: nobody knew that there would be any. */
export function unreadItems({ fn, seq: task }: Call): YonderError {
  return new YonderError("FUNCTION", {
    message: `${fn.name} (task ${task}) returns a generator, but is no generator function`,
    remedy: "mark the generator function itself (function*), or return the items in an array",
  });
}

export function foreignRef({ fn, seq: task }: Call): YonderError {
  return new YonderError("USAGE", {
    message: `the ref is one of another job: of its task ${task} (${fn.name})`,
    remedy: "ask the job that has run it",
  });
}
