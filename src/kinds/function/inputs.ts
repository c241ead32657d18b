import type { Driver } from "../../driver/driver.ts";
import { type Call, type CallTask, isOver, whenOver } from "./call.ts";

/** Lets tasks wait for those whose values they need. */
export interface Inputs {
  /** Counts what a new task waits for. One that cannot be had is its error already. */
  await(call: CallTask): void;
  /** Tells those that wait for a call, tasks and others, that it is over. */
  tellOver(call: Call): void;
}

export function createInputs(driver: Driver): Inputs {
  function addInput(call: CallTask, input: Call): void {
    input.users++;
    if (input.state === "failed") {
      call.error ??= input.error;
      return;
    }
    if (isOver(input) && input.elsewhere === undefined) return;
    call.missing++;
    if (isOver(input)) {
      input.elsewhere!().then(
        () => inputOver(call, undefined),
        (error: Error) => inputOver(call, error),
      );
      return;
    }
    if (input.seq > 0 && driver.open.get(input.seq) !== input) {
      // Of another session, which knows nothing of its dependents here.
      whenOver(input, () => inputOver(call, input.error));
      return;
    }
    input.dependents ??= [];
    input.dependents.push(call);
  }

  /** @param error why the input will never be there */
  function inputOver(call: CallTask, error: Error | undefined): void {
    call.missing--;
    if (isOver(call)) return;
    if (error !== undefined) {
      if (call.error !== undefined) return; // another input was before it
      call.error = error;
      driver.failInput(call.seq);
    } else if (call.missing === 0 && call.error === undefined) allThere(call);
  }

  function allThere(call: CallTask): void {
    if (call.doer !== undefined) return call.doer.ready(call);
    call.state = "waiting";
    driver.unblock(call.seq);
  }

  return {
    await(call) {
      for (const input of call.inputs ?? []) addInput(call, input);
      if (call.missing > 0 || call.error !== undefined) call.state = "blocked";
    },
    tellOver(call) {
      const { waiters, dependents } = call;
      call.waiters = undefined;
      call.dependents = undefined;
      if (dependents !== undefined) for (const dependent of dependents) inputOver(dependent, call.error);
      if (waiters !== undefined) for (const tell of waiters) tell(call);
    },
  };
}
