import { YonderError } from "../interface/errors.ts";
import { isError } from "../wire/values/error-parts.ts";
import { type CallSite, callSite, errorAt } from "./call-site.ts";
import { showsAll } from "./own-frames.ts";

/** What a function of ours has thrown, as if it were thrown where the program calls that. */
export function thrownBy(callee: (...args: never[]) => unknown, thrown: unknown): unknown {
  if (thrown instanceof YonderError && !showsAll) Error.captureStackTrace(thrown, callee);
  return thrown;
}

/** The functions of an object as a program calls them. */
export function asCalled<T extends object>(object: T): T {
  const wrapped = Reflect.ownKeys(object).map((key) => {
    const value: unknown = Reflect.get(object, key);
    return [key, typeof value === "function" ? wrap(value as (...args: unknown[]) => unknown) : value];
  });
  return Object.fromEntries(wrapped) as T;
}

function wrap(fn: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
  const outer = (...args: unknown[]): unknown => {
    try {
      const result = fn(...args);
      return result instanceof Promise ? result.catch(rethrownAt(callSite(outer))) : result;
    } catch (error) {
      throw thrownBy(outer, error);
    }
  };
  return outer;
}

/** For a promise that a function of ours gives. */
export function rethrownAt(site: CallSite | undefined): (error: unknown) => never {
  return (error) => {
    throw isError(error) ? errorAt(site, error) : error;
  };
}
