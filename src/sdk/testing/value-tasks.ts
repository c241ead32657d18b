import { type ActorClass, actor, type Task, task } from "../../function/mark.ts";

// Tasks for tests of what arrives.

export const same: Task<(value: unknown) => unknown> = task((value) => value);

/** What only the task itself can see of its argument. */
export const seen: Task<(value: { readonly bytes?: Uint8Array; readonly isAdmin?: boolean }) => unknown[]> =
  task(({ bytes, isAdmin }) => [isAdmin, bytes?.buffer.byteLength, Buffer.isBuffer(bytes), bytes?.join()]);

export const hex: Task<(buffer: Buffer) => string> = task((buffer) => buffer.toString("hex"));

export const pooled: Task<(text: string) => Buffer> = task((text) => Buffer.from(text));

/** Changes what it is given. */
export const bump: Task<(counter: { n: number }) => number> = task((counter) => ++counter.n);

/** The smallest module that compiles. Node's types have no constructor for it. */
export function compiledModule(): object {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Module: new (code: Uint8Array) => object };
  };
  return new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
}

export const compiled: Task<() => object> = task(compiledModule);

const counted = { n: 0, list: [] as number[] };

/** The same object at each call, with one item more. */
export const grows: Task<() => { n: number; list: number[] }> = task(() => {
  counted.list.push(++counted.n);
  return counted;
});

/** The same object each time, changed. */
export const reuses: Task<(to: number) => Generator<{ n: number }>> = task(function* (to) {
  const item = { n: 0 };
  while (item.n < to) {
    item.n++;
    yield item;
  }
});

class ListClass {
  list: unknown[] = [];
  static restore(list: unknown[]): ListClass {
    const made = new ListClass();
    made.list = list;
    return made;
  }
  checkpoint(): unknown[] {
    return this.list;
  }
  add(value: unknown): unknown[] {
    this.list.push(value);
    return this.list;
  }
}

export const List: ActorClass<typeof ListClass> = actor(ListClass);
