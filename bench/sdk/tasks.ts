import { type ActorClass, actor, type Task, task } from "../../src/function/mark.ts";

export const nothing: Task<(n: number) => number> = task((n) => n);

export const sum: Task<(numbers: readonly number[]) => number> = task((numbers) => {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
});

/** The first and the last element: proof that the array is there, at no cost. */
export const ends: Task<(array: Float64Array) => number> = task((array) => array[0]! + array.at(-1)!);

class CounterClass {
  n = 0;
  static restore(n: number): CounterClass {
    const counter = new CounterClass();
    counter.n = n;
    return counter;
  }
  checkpoint(): number {
    return this.n;
  }
  add(k: number): number {
    return (this.n += k);
  }
}

export const Counter: ActorClass<typeof CounterClass> = actor(CounterClass);
