import { locate } from "../../function/locate.ts";
import { functionOf, type TaskFunction } from "../../function/mark.ts";
import type { TaskOptions } from "../../function/options.ts";
import { YonderError } from "../../interface/errors.ts";
import type { LaunchedFunction } from "../../launch/thread/launcher.ts";
import { type Call, createCall, type SessionFunction } from "./call.ts";

/** The functions of a session. Finding one takes time, once: until then its calls wait for `found` as for an input. */
export interface FunctionTable {
  /** @throws YonderError FUNCTION for one that captures variables or has no source */
  of(fn: TaskFunction): SessionFunction;
}

/** @param tell informs those that wait for a call which the table has settled */
export function functionTable(tell: (found: Call) => void): FunctionTable {
  const known = new WeakMap<TaskFunction, SessionFunction>();
  const inline = new Map<string, LaunchedFunction>();
  let lastId = 0;

  function add(fn: TaskFunction): SessionFunction {
    if (typeof fn !== "function") throw noFunction(fn);
    const mark = functionOf(fn);
    const found = createCall({ args: [] });
    const known: SessionFunction = {
      name: fn.name || "inline",
      options: (mark?.options as TaskOptions | undefined) ?? {},
      launched: undefined,
      found,
      class: undefined,
      isGenerator: /GeneratorFunction$/.test(Object.prototype.toString.call(fn).slice(8, -1)),
    };
    const finding = mark === undefined ? inlined(fn) : located(fn);
    finding.then(
      ({ launched, name }) => {
        known.launched = launched;
        if (name !== undefined) known.name = name;
        known.found = undefined;
        found.state = "succeeded";
        tell(found);
      },
      (error: Error) => {
        found.state = "failed";
        found.error = error;
        tell(found);
      },
    );
    return known;
  }

  async function located(fn: TaskFunction): Promise<{ launched: LaunchedFunction; name?: string }> {
    const { url, name } = await locate(fn);
    const launched = { id: ++lastId, spec: { type: "module", url, name } } as const;
    return { launched, ...(fn.name === "" && { name }) };
  }

  /** Texts that are equal are one function, however often a program writes it. */
  async function inlined(fn: TaskFunction): Promise<{ launched: LaunchedFunction; name?: string }> {
    const { inlineSource } = await import("../../function/inline.ts");
    const source = inlineSource(fn);
    const launched = inline.get(source) ?? { id: ++lastId, spec: { type: "inline", source } };
    inline.set(source, launched);
    return { launched };
  }

  return {
    of(fn) {
      const earlier = known.get(fn);
      if (earlier !== undefined) return earlier;
      const added = add(fn);
      known.set(fn, added);
      return added;
    },
  };
}

function noFunction(given: unknown): YonderError {
  return new YonderError("USAGE", {
    message: `${typeof given} was given where a function belongs`,
    remedy:
      "where it is imported, see that the two modules do not import each other: it is undefined until then",
  });
}
