import { totalmem } from "node:os";
import type { OpenKind } from "../../driver/open-kind.ts";
import type { TaskFunction } from "../../function/mark.ts";
import { inputsOf } from "./arguments.ts";
import { createCall } from "./call.ts";
import { createFunctionKind } from "./function-kind.ts";
import { functionTable } from "./function-table.ts";
import { createInputs } from "./inputs.ts";
import { placesHere } from "./places.ts";
import { queueDepth } from "./queue-depth.ts";
import { unsendableArgument } from "./unsendable-argument.ts";

/** A call of a function, as `task()` and `y.run` know them. */
export interface FunctionGiven {
  readonly fn: TaskFunction;
  readonly args: readonly unknown[];
}

const GRACE_MS = 500;

/** Functions in threads of this process, one for each slot. */
export const openFunctionKind: OpenKind<FunctionGiven> = async ({ driver, observers, slots, opened }) => {
  const inputs = createInputs(driver);
  const kind = createFunctionKind({
    driver,
    inputs,
    places: placesHere(slots, totalmem()),
    graceMs: GRACE_MS,
    hosts: {},
    depth: queueDepth(),
    deepen: () => {},
    output: (attempt, stream, text) => observers.output(attempt?.owner.task, stream, text),
    stray: (error) => observers.stray(error),
    unsendable: unsendableArgument,
    onValue: () => false,
    failure: () => undefined,
  });
  opened.defer(() => kind.launcher.close());
  const functions = functionTable(inputs.tellOver);
  return {
    kind,
    task(seq, { fn, args }) {
      const known = functions.of(fn);
      const found = known.found === undefined ? [] : [known.found];
      const call = createCall({ fn: known, args, inputs: [...found, ...(inputsOf(args) ?? [])] }, seq, kind);
      inputs.await(call);
      return call;
    },
  };
};
