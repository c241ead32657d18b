import { YonderError } from "../../interface/errors.ts";
import { type Call, isOver, valueHereOrComing, whenOver } from "./call.ts";

/**
 * The result of a task that is there, or will be: to be awaited, or given to other tasks as an argument, which then start
 * when it is there. The value is kept as long as a ref of it is.
 */
export class Ref<T> implements Promise<T> {
  // Own and full of functions, so that a ref cannot be sent to a worker by mistake, as an empty object.
  private readonly call: Call;
  readonly [Symbol.toStringTag]: string = "Ref";

  constructor(call: Call) {
    this.call = call;
  }

  /** The task's number in its job, from 1. */
  get task(): number {
    return this.call.seq;
  }

  /** Whether it is over, succeeded or not. */
  get isDone(): boolean {
    return isOver(this.call);
  }

  // biome-ignore lint/suspicious/noThenProperty: a ref is awaited like a promise
  then<A = T, B = never, E extends Error = Error>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: E) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    // Nothing is kept here: a task that fails unobserved is no unhandled rejection but an outcome, and a promise would hold the
    // value in memory.
    const { call } = this;
    if (isOver(call)) return settled<T>(call).then(onValue, onError);
    return new Promise((resolve, reject) => {
      whenOver(call, () => {
        if (call.elsewhere !== undefined) return resolve(settled<T>(call).then(onValue, onError));
        // The task has ended since, so this is another turn, and the handler may be called at once.
        try {
          if (call.state === "succeeded") resolve(onValue ? onValue(call.value as T) : (call.value as A));
          else if (onError) resolve(onError(call.error as E));
          else reject(call.error);
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  catch<B = never, E extends Error = Error>(
    onError?: ((error: E) => B | PromiseLike<B>) | null,
  ): Promise<T | B> {
    return this.then(undefined, onError);
  }

  finally(onOver?: (() => void) | null): Promise<T> {
    return this.then().finally(onOver);
  }
}

function settled<T>(call: Call): Promise<T> {
  if (call.state === "failed") return Promise.reject(call.error);
  return Promise.resolve(valueHereOrComing(call) as T);
}

/** The values of refs, in order; rejects with the first error. With no promise for each. */
export function valuesOfRefs<T>(refs: Iterable<Ref<T>>): Promise<T[]> {
  const calls = Array.from(refs, callOfRef);
  const { promise, resolve, reject } = Promise.withResolvers<T[]>();
  let left = calls.length;
  const values = (): Promise<T[]> => Promise.all(calls.map((call) => valueHereOrComing(call) as T));
  const onOver = ({ state, error }: Call): void => {
    if (state === "failed") reject(error);
    else if (--left === 0) resolve(values());
  };
  if (left === 0) resolve([]);
  for (const call of calls) whenOver(call, onOver);
  return promise;
}

/** @throws YonderError USAGE for what is no ref */
export function callOfRef(ref: Ref<unknown>): Call {
  if (ref instanceof Ref) return (ref as unknown as { call: Call }).call;
  throw new YonderError("USAGE", {
    message: `${ref === null || typeof ref !== "object" ? String(ref) : "an object"} was given where a ref belongs`,
    remedy: "give what y.run or y.put has returned, itself: not a promise of it",
  });
}
