import type { ActorOptions } from "../../function/actor-options.ts";
import type { Marked } from "../../function/mark.ts";
import { thrownBy } from "../../stacks/as-called.ts";
import { type CallSite, callSite } from "../../stacks/call-site.ts";
import type { Args, Running } from "../running.ts";

/**
 * An actor from outside: its public methods, each of which returns a ref of its result, or the items of a generator as they
 * come. Calls that one caller has made are done in their order, one at a time: also a generator keeps the actor busy until
 * it has been read to its end. Disposing of the stub stops the actor, as `y.stop` does.
 */
export type ActorStub<I> = { readonly [M in MethodOf<I>]: StubMethod<I[M]> } & AsyncDisposable;

/** A class that `actor()` has marked. */
export type MarkedClass<A extends readonly unknown[], I extends object> = (new (
  ...args: A
) => I) &
  Marked<"actor">;

/** Options where all arguments of the constructor can be left out; with `args` where they cannot. */
export type ActorArguments<A extends readonly unknown[]> = [] extends A
  ? [options?: Omit<ActorOptions, "args"> & { readonly args?: Readonly<Args<A>> }]
  : [options: Omit<ActorOptions, "args"> & { readonly args: Readonly<Args<A>> }];

type MethodOf<I> = {
  [M in keyof I]: M extends NotCalled
    ? never
    : M extends string
      ? I[M] extends (...args: never[]) => unknown
        ? M
        : never
      : never;
}[keyof I];

type StubMethod<M> = M extends (...args: infer A) => infer R ? (...args: Args<A>) => Running<R> : never;

/** `checkpoint` is for yonder to call; what has `then` is taken for a promise. */
type NotCalled = "checkpoint" | "then" | "constructor";
const NOT_CALLED: readonly string[] = ["checkpoint", "then", "constructor"] satisfies NotCalled[];

/** @param call makes the call of a method */
export function createStub(
  name: string,
  call: (method: string, args: readonly unknown[], site: CallSite | undefined) => unknown,
  stop: () => Promise<void>,
): object {
  const known = new Map<string, unknown>();
  const own = { actor: name, [Symbol.asyncDispose]: stop };
  const stub = new Proxy(own, {
    get(target, key) {
      if (typeof key === "symbol") return target[key as never];
      if (NOT_CALLED.includes(key)) return undefined;
      let method = known.get(key);
      if (method === undefined) {
        const called = (...args: unknown[]): unknown => {
          try {
            return call(key, args, callSite(called));
          } catch (error) {
            throw thrownBy(called, error);
          }
        };
        method = called;
        known.set(key, method);
      }
      return method;
    },
    set: () => false,
  });
  names.set(stub, name);
  return stub;
}

/** For a sentence about an argument; undefined for what is no stub. */
export function describeStub(value: object): string | undefined {
  const name = names.get(value);
  return name && `the actor ${name}: actors stay with the program, give the task what they return`;
}

const names = new WeakMap<object, string>();
