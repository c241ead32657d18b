import { YonderError } from "../../interface/errors.ts";
import { unpack } from "../../wire/values/pack.ts";
import { type AnyFunction, actorFunction, type Instances, makerOf } from "./actor-host.ts";
import type { FunctionSpec } from "./protocol.ts";

/** A function that calls name by its number. */
export interface KnownFunction {
  /** Until it has been loaded, a promise. */
  fn: AnyFunction | Promise<AnyFunction>;
  /** A moving average of how long its calls take; unknown at first. */
  meanMs: number;
  /** It may leave something running when it returns: so it is thought of each until it has returned no promise. */
  mayWait: boolean;
}

/** @param instances the actors of this host */
export function loadFunction(spec: FunctionSpec, instances: Instances): KnownFunction {
  const known = knownFunction(functionOf(spec, instances));
  if (typeof known.fn === "function") return known;
  known.fn.then(
    (fn) => (known.fn = fn),
    () => {}, // each call that needs it says so
  );
  return known;
}

export function knownFunction(fn: KnownFunction["fn"]): KnownFunction {
  return { fn, meanMs: Number.POSITIVE_INFINITY, mayWait: true };
}

function functionOf(spec: FunctionSpec, instances: Instances): KnownFunction["fn"] {
  switch (spec.type) {
    case "inline":
      return evaluated(spec.source, spec.base);
    case "module":
      return imported(spec);
    case "fails": {
      const error = unpack(spec.error);
      return () => {
        throw error;
      };
    }
    case "actor":
      return imported(spec).then((found) => makerOf(found, spec, instances));
    default:
      return actorFunction(spec, instances);
  }
}

/** Weight of the latest call in the average. */
const LATEST = 0.25;

export function noteRuntime(known: KnownFunction, runtimeMs: number): void {
  known.meanMs =
    known.meanMs === Number.POSITIVE_INFINITY
      ? runtimeMs
      : known.meanMs + LATEST * (runtimeMs - known.meanMs);
}

async function evaluated(source: string, base: string | undefined): Promise<AnyFunction> {
  // Brings a parser, which few programs need.
  const { evaluateInline } = await import("../../function/inline.ts");
  return evaluateInline(source, base) as AnyFunction;
}

async function imported({ url, name }: { url: string; name: string }): Promise<AnyFunction> {
  const module = (await import(url).catch((cause: unknown) => {
    throw cannotLoad(url, cause);
  })) as Record<string, unknown>;
  const found = module[name];
  if (typeof found === "function") return found as AnyFunction;
  throw new YonderError("FUNCTION", {
    message: `${url} has no function ${name} when a worker loads it`,
    remedy: "export it whatever the thread, and not only under a condition",
  });
}

function cannotLoad(url: string, cause: unknown): YonderError {
  return new YonderError("FUNCTION", {
    message: `a worker cannot load ${url}: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: "load it by itself to see what fails: node -e 'import(\"" + url + "\")'",
    cause,
  });
}
