import type { Outcome } from "../../core/events.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Call } from "../call.ts";

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
    call.error = (outcome.type === "cancelled" ? failure : undefined) ?? outcomeError(call, outcome);
  }
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
      return new YonderError("TIMEOUT", {
        message: `${call.fn.name} (task ${call.task}) took longer than ${call.options.timeoutMs} ms`,
        remedy: "give it more time (timeoutMs), or find out why it takes so long",
      });
    case "cancelled":
      return new YonderError("CANCELLED", { message: `${call.fn.name} (task ${call.task}) was cancelled` });
    default:
      return call.error!;
  }
}
