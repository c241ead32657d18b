import type { ToAgent } from "../../wire/agent.ts";
import { isConstant } from "../../wire/constant.ts";

/** Memory that a machine has been sent: once, and then calls name it by its number. */
export interface Constants {
  /** Undefined for memory that may be written to, and so has to be sent anew. */
  numberOf(buffer: SharedArrayBuffer): number | undefined;
  /** A message that names these is on its way until the promise resolves. */
  named(numbers: Iterable<number>, sent: Promise<void>): void;
}

/** What the program lets go of, the machine is told to let go of, behind the last message that names it. */
export function createConstants(tell: (message: ToAgent) => void): Constants {
  const numbers = new WeakMap<SharedArrayBuffer, number>();
  const underWay = new Map<number, number>();
  const unused = new Set<number>();
  const gone = new FinalizationRegistry<number>((number) => {
    unused.add(number);
    count(number, 0);
  });
  let last = 0;

  function count(number: number, change: number): void {
    const left = (underWay.get(number) ?? 0) + change;
    underWay.set(number, left);
    if (left > 0 || !unused.delete(number)) return;
    underWay.delete(number);
    tell({ type: "forget", number });
  }

  return {
    numberOf(buffer) {
      if (!isConstant(buffer)) return undefined;
      let number = numbers.get(buffer);
      if (number !== undefined) return number;
      number = ++last;
      numbers.set(buffer, number);
      gone.register(buffer, number);
      tell({ type: "constant", number, bytes: new Uint8Array(buffer) });
      return number;
    },
    named(used, sent) {
      const all = [...used];
      for (const number of all) count(number, 1);
      void sent.then(() => {
        for (const number of all) count(number, -1);
      });
    },
  };
}
