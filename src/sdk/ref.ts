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
    return this.call.task;
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
    // Made when it is asked for: a task that fails unobserved is no unhandled rejection, and its outcome is kept. And made each
    // time, for a promise that is kept would keep the value in memory.
    return new Promise<T>((resolve, reject) => {
      whenOver(this.call, (call) => {
        if (call.state === "succeeded") resolve(valueHereOrComing(call) as T);
        else reject(call.error);
      });
    }).then(onValue, onError);
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
