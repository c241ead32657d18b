// What the compiler must say of actors' stubs: checked by `npm run typecheck`, never run.
import { actor } from "../../function/mark.ts";
import type { Ref } from "../../kinds/function/ref.ts";
import type { TaskStream } from "../task-stream.ts";
import type { Yonder } from "../yonder.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile unless both types are the same. */
function same<A, B>(..._: Equal<A, B> extends true ? [] : [not: "the same", A, B]): void {}

class CounterClass {
  n: number;
  label = "hits";
  #secret = 1;
  constructor(n: number, step = 1) {
    this.n = n + step;
  }
  add(k: number, options?: { twice: boolean }): number {
    return (this.n += options?.twice ? k + k : k + this.own());
  }
  async later(): Promise<string> {
    return this.label;
  }
  *items(): Generator<number, string> {
    yield this.#secret;
    return "end";
  }
  async *rows(): AsyncGenerator<{ id: number }> {}
  protected inherited(): void {}
  private own(): number {
    return 0;
  }
  checkpoint(): number {
    return this.n;
  }
  get size(): number {
    return this.n;
  }
}
const Counter = actor(CounterClass);
const Plain = actor(class Plain {});

export async function stubs(y: Yonder, ref: Ref<number>): Promise<void> {
  const counter = await y.actor(Counter, { args: [1] });
  same<ReturnType<typeof counter.add>, Ref<number>>();
  same<ReturnType<typeof counter.later>, Ref<string>>();
  same<ReturnType<typeof counter.items>, TaskStream<number, string>>();
  const n = await counter.add(3, { twice: true });
  same<typeof n, number>();
  for await (const row of counter.rows()) same<typeof row, { id: number }>();
  counter.add(ref);
  // @ts-expect-error: a string is no number
  counter.add("3");
  // @ts-expect-error: an argument is missing
  counter.add();
  // @ts-expect-error: fields are not there
  counter.n;
  // @ts-expect-error: nor are getters
  counter.size;
  // @ts-expect-error: nor what is not public
  counter.own();
  // @ts-expect-error: nor what is not public
  counter.inherited();
  // @ts-expect-error: it is for yonder
  counter.checkpoint();
  // @ts-expect-error: it has no such method
  counter.subtract(1);
  await y.stop(counter);
  await using stopped = counter;

  // What the constructor must have, the options must have.
  await y.actor(Plain);
  await y.actor(Counter, { args: [ref, 2], name: "hits" });
  // @ts-expect-error: args are missing
  await y.actor(Counter);
  // @ts-expect-error: args are missing
  await y.actor(Counter, { name: "hits" });
  // @ts-expect-error: a string is no number
  await y.actor(Counter, { args: ["1"] });
  // @ts-expect-error: no such option
  await y.actor(Plain, { nmae: "hits" });
  // @ts-expect-error: not marked
  await y.actor(CounterClass, { args: [1] });
  const group = y.supervisor({ strategy: "rest-for-one", intensity: 1 });
  await (await group.actor(Counter, { args: [1] })).add(1);
  // @ts-expect-error: no such strategy
  y.supervisor({ strategy: "all" });
  void stopped;
}
