import type { ToAgent } from "../../wire/agent.ts";
import { isConstant } from "../../wire/constant.ts";

/** Memory that a machine has been sent: once, and then calls name it by its number. */
export interface Constants {
  /** Undefined for memory that may be written to, and so has to be sent anew. */
  numberOf(buffer: SharedArrayBuffer): number | undefined;
}

/** What the program lets go of, the machine is told to let go of. */
export function createConstants(tell: (message: ToAgent) => void): Constants {
  const numbers = new WeakMap<SharedArrayBuffer, number>();
  const gone = new FinalizationRegistry<number>((number) => tell({ type: "forget", number }));
  let last = 0;
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
  };
}
