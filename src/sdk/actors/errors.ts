import { YonderError } from "../../interface/errors.ts";
import type { Call } from "../../kinds/function/call.ts";

export function mailboxFull(name: string, size: number): YonderError {
  return new YonderError("MAILBOX_FULL", {
    message: `the actor ${name} has ${size} calls to do already`,
    remedy: 'await some results before you call again, or give it a larger mailbox, or whenFull: "wait"',
  });
}

export function deadError(name: string, intensity: number, periodMs: number, cause: Error): YonderError {
  return new YonderError("ACTOR_DEAD", {
    message: `the actor ${name} is dead: it or its group has crashed more than ${intensity} times in ${periodMs} ms, the last time because ${cause.message}`,
    remedy: "mend what makes it crash, then make it anew by y.actor",
    cause,
  });
}

export function stoppedError(name: string): YonderError {
  return new YonderError("CLOSED", {
    message: `the actor ${name} was stopped`,
    remedy: "make a new one by y.actor",
  });
}

export function lostCall({ fn, seq: task }: Call, name: string, why: string): YonderError {
  return new YonderError("WORKER_LOST", {
    message: `${fn.name} (task ${task}, of the actor ${name}) did not end: ${why}`,
    remedy: "give the actor retries, or make it durable, where its methods can be called again",
  });
}

export function otherClass(name: string, has: string, wanted: string): YonderError {
  return new YonderError("ACTOR_CONFLICT", {
    message: `the actor ${name} is one of the class ${has}, not of ${wanted}`,
    remedy: "give one of them another name",
  });
}

export function isOfDisk(error: unknown): error is NodeJS.ErrnoException {
  return typeof (error as NodeJS.ErrnoException).errno === "number";
}

export function cannotLog(name: string, cause: NodeJS.ErrnoException): YonderError {
  return new YonderError(cause.code === "ENOSPC" ? "STORE_FULL" : "STORE_UNREACHABLE", {
    message: `a call of the durable actor ${name} cannot be logged, and was not made: ${cause.message}`,
    remedy: "make room, or see to the disk, then call again",
    cause,
  });
}
