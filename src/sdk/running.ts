import type { Ref } from "../kinds/function/ref.ts";
import type { TaskStream } from "./task-stream.ts";

/** An argument, or a ref of one; in plain objects and arrays, refs may stand at any depth. */
export type Arg<T> =
  | T
  | Ref<T>
  | (T extends readonly unknown[] | Record<string, unknown> ? { readonly [K in keyof T]: Arg<T[K]> } : never);

/** Arguments, each of which may be a ref, or have refs in it. */
export type Args<A extends readonly unknown[]> = { [I in keyof A]: Arg<A[I]> };

/** What running a function gives: a ref of its result, or the items of a generator as they come. */
export type Running<R> = R extends
  | Generator<infer T, infer E, unknown>
  | AsyncGenerator<infer T, infer E, unknown>
  ? TaskStream<T, E>
  : Ref<Awaited<R>>;
