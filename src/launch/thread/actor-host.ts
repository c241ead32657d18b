import { types } from "node:util";
import { YonderError } from "../../interface/errors.ts";
import { bytesOfValue, valueOfBytes } from "../../wire/values/bytes.ts";
import { callHere } from "./context.ts";
import type { ActorFunctionSpec } from "./protocol.ts";
import type { Items } from "./stream.ts";

export type AnyFunction = (...args: unknown[]) => unknown;

/** The actors of a host, by their slot. One that was started again is in another slot. */
export type Instances = Map<number, Instance>;

interface Instance {
  readonly value: Readonly<Record<string, unknown>>;
  readonly crashOnError: boolean;
}

interface DurableClass {
  restore(state: unknown): unknown;
}

/**
 * Makes instances of a class in the slots of the calls.
 *
 * @param found the class
 */
export function makerOf(
  found: unknown,
  spec: Extract<ActorFunctionSpec, { type: "actor" }>,
  instances: Instances,
): AnyFunction {
  const { restores, crashOnError } = spec;
  return async (...args) => {
    const { slot } = callHere()!;
    const value = restores
      ? await (found as DurableClass).restore(valueOfBytes(args[0] as Uint8Array))
      : new (found as new (...args: unknown[]) => object)(...args);
    if (typeof value !== "object" || value === null) {
      throw new YonderError("FUNCTION", {
        message: `${spec.name}.restore returns ${value === null ? "null" : typeof value}`,
        remedy: "return an instance: static restore(state) { return … }",
      });
    }
    instances.set(slot, { value: value as Instance["value"], crashOnError });
  };
}

/** What calls do with the instance in their slot. */
export function actorFunction(
  spec: Exclude<ActorFunctionSpec, { type: "actor" }>,
  instances: Instances,
): AnyFunction {
  switch (spec.type) {
    case "method":
      return (...args) => callMethod(instances, spec.name, args);
    case "checkpoint":
      return async () => bytesOfValue(await callMethod(instances, "checkpoint", []));
    case "drop":
      return () => void instances.delete(callHere()!.slot);
  }
}

function callMethod(instances: Instances, name: string, args: readonly unknown[]): unknown {
  const { slot } = callHere()!;
  const instance = instances.get(slot);
  if (instance === undefined)
    throw new YonderError("WORKER_LOST", { message: "the actor is not there any more" });
  const method = instance.value[name];
  if (typeof method !== "function") {
    throw new YonderError("FUNCTION", {
      message: `${instance.value.constructor.name} has no method ${name}`,
      remedy: "call what its class has: a getter or a field is read by a method",
    });
  }
  if (!instance.crashOnError) return Reflect.apply(method, instance.value, args);
  return guarded(
    () => Reflect.apply(method, instance.value, args) as unknown,
    () => instances.delete(slot),
  );
}

/** Calls behind one that has thrown must not find the instance, and they may be on their way already. */
function guarded(call: () => unknown, crash: () => void): unknown {
  const failed = (error: unknown): never => {
    crash();
    throw error;
  };
  try {
    const result = call();
    if (types.isGeneratorObject(result)) return guardedItems(result, failed);
    const isThenable = typeof (result as { then?: unknown } | null | undefined)?.then === "function";
    return isThenable ? (result as Promise<unknown>).then(undefined, failed) : result;
  } catch (error) {
    return failed(error);
  }
}

async function* guardedItems(items: Items, failed: (error: unknown) => never): AsyncGenerator {
  try {
    return yield* items as AsyncGenerator;
  } catch (error) {
    failed(error);
  }
}
