import type { Outcome } from "../../core/events.ts";
import { YonderError } from "../../interface/errors.ts";
import { errorAt, withoutStack } from "../../stacks/call-site.ts";
import type { Call } from "./call.ts";

/**
 * Gives a call its outcome: then it is over, and has a value or an error.
 *
 * @param failure why everything was cancelled
 */
export function setOutcome(call: Call, outcome: Outcome, failure?: Error): void {
  call.state = outcome.type === "succeeded" ? "succeeded" : "failed";
  if (outcome.type === "succeeded") call.error = undefined;
  else {
    call.value = undefined;
    const error =
      (outcome.type === "cancelled" ? failure : undefined) ?? withoutStack(() => outcomeError(call, outcome));
    call.error = errorAt(call.site, error);
  }
  call.site = undefined;
}

/**
 * Lets go what a call that is over has no more need of.
 *
 * @param keeps see `onValue` of SessionOptions
 */
export function letGo(call: Call, keeps: (call: Call) => boolean): void {
  for (const input of call.inputs ?? []) input.users--;
  const isKept = call.state === "succeeded" && call.value !== undefined && keeps(call);
  if (isKept) return;
  call.args = [];
  call.inputs = undefined;
}

function outcomeError(call: Call, outcome: Outcome): Error {
  switch (outcome.type) {
    case "timedOut":
      return timeoutError(call);
    case "cancelled":
      return cancelledError(call);
    default:
      return call.error!;
  }
}

function timeoutError({ fn, seq: task, options }: Call): YonderError {
  return new YonderError("TIMEOUT", {
    message: `${fn.name} (task ${task}) took longer than ${options.timeoutMs} ms`,
    remedy: "give it more time (timeoutMs), or find out why it takes so long",
  });
}

function cancelledError({ fn, seq: task }: Call): YonderError {
  return new YonderError("CANCELLED", { message: `${fn.name} (task ${task}) was cancelled` });
}
