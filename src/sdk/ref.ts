import { type Call, isOver, whenOver } from "./call.ts";

/**
 * The result of a task that is there, or will be: to be awaited, or given to other tasks as an argument, which then start
 * when it is there. The value is kept as long as a ref of it is.
 */
export class Ref<T> implements Promise<T> {
  // Own and full of functions, so that a ref cannot be sent to a worker by mistake, as an empty object.
  private readonly call: Call;
  private promise: Promise<T> | undefined;
  readonly [Symbol.toStringTag]: string = "Ref";

  constructor(call: Call) {
    this.call = call;
  }

  /** The task's number in its job, from 1. */
  get task(): number {
    return this.call.task;
  }

  get isDone(): boolean {
    return isOver(this.call);
  }

  // biome-ignore lint/suspicious/noThenProperty: a ref is awaited like a promise
  then<A = T, B = never, E extends Error = Error>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: E) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    // Made when it is asked for: a task that fails unobserved is no unhandled rejection, and its outcome is kept.
    this.promise ??= new Promise<T>((resolve, reject) => {
      whenOver(this.call, ({ state, value, error }) => {
        if (state === "succeeded") resolve(value as T);
        else reject(error);
      });
    });
    return this.promise.then(onValue, onError);
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

export function callOfRef(ref: Ref<unknown>): Call {
  return (ref as unknown as { call: Call }).call;
}
