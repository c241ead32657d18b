// What the compiler must say of task() and actor(): checked by `npm run typecheck`, never run.
import { type ActorClass, actor, type Task, type TaskFunction, task } from "./mark.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile unless both types are the same. */
function same<A, B>(..._: Equal<A, B> extends true ? [] : [not: "the same", A, B]): void {}

interface Jpeg {
  bytes: Uint8Array;
}
declare const bytes: Uint8Array;

// A task is called as the function that it is: parameters with their names, optional and rest ones, and the result.
const thumbnail = task(
  async (image: Uint8Array, width = 128): Promise<Jpeg> => ({ bytes: image.slice(width) }),
);
same<Parameters<typeof thumbnail>, [image: Uint8Array, width?: number | undefined]>();
same<ReturnType<typeof thumbnail>, Promise<Jpeg>>();
const made = thumbnail(bytes);
same<typeof made, Promise<Jpeg>>();
// @ts-expect-error: a string is no image
thumbnail("image");
// @ts-expect-error: an argument is missing
thumbnail();

// Generators stay what they are.
const counted = task(function* (to: number) {
  for (let i = 0; i < to; i++) yield i;
  return "done";
});
same<ReturnType<typeof counted>, Generator<number, string, unknown>>();
const streamed = task(async function* (): AsyncGenerator<Jpeg> {});
same<ReturnType<typeof streamed>, AsyncGenerator<Jpeg>>();

// Generic and overloaded functions keep their signatures.
const first = task(<T>(items: readonly T[]): T | undefined => items[0]);
const one = first(["a"]);
same<typeof one, string | undefined>();
declare function overloaded(a: string): string;
declare function overloaded(a: number): number;
const chosen = task(overloaded);
const [text, number] = [chosen("a"), chosen(1)];
same<typeof text, string>();
same<typeof number, number>();

// An unmarked function is not a task, though a task is a function.
const plain = (a: number): number => a;
// @ts-expect-error: not marked
const unmarked: Task<typeof plain> = plain;
const callable: (a: number) => number = task(plain);
const general: TaskFunction = task(plain);

// Options know the arguments; misspelt ones do not compile.
task((path: string, n: number) => path.length + n, {
  memo: { files: (path, n) => [path, path + n.toFixed()] },
});
task(plain, {
  retries: { count: 3, backoffMs: 100, on: [TypeError, "FetchError"] },
  resources: { cpus: 2, "gpu/a100": 1 },
});
// @ts-expect-error: `count` is missing
task(plain, { retries: { backoffMs: 1 } });
// @ts-expect-error: no such option
task(plain, { timeout: 3 });
// @ts-expect-error: the function takes a number
task(plain, { memo: { files: (path: string) => [path] } });
// @ts-expect-error: not a function
task({});
// @ts-expect-error: a class is for actor()
task(class {});

// An actor's class is constructed as before, and keeps its statics.
const Counter = actor(
  class Counter {
    static start = 7;
    n: number;
    constructor(n = 0) {
      this.n = n;
    }
    add(k: number): number {
      this.n += k;
      return this.n;
    }
  },
  { name: "hits", args: [3] },
);
const counter = new Counter(3);
same<ConstructorParameters<typeof Counter>, [n?: number | undefined]>();
same<ReturnType<(typeof counter)["add"]>, number>();
same<(typeof Counter)["start"], number>();
// @ts-expect-error: a function is for task()
actor(plain);
abstract class Shape {}
// @ts-expect-error: nothing can make one
actor(Shape);
class Unmarked {}
// @ts-expect-error: not marked
const unmarkedClass: ActorClass<typeof Unmarked> = Unmarked;

export type Used = [typeof unmarked, typeof callable, typeof general, typeof unmarkedClass];
