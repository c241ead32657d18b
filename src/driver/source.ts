import type { RowReader } from "../input/options.ts";
import type { TaskArgs } from "../interface/task.ts";
import type { Packer } from "../template/pack.ts";
import type { TaskSource } from "./task.ts";

/** Tasks from the rows of the input. `accept` is --filter. */
export function rowTasks(reader: RowReader, packer: Packer, accept: (task: TaskArgs) => boolean): TaskSource {
  /** Tasks made and not yet taken; what total() has read ahead is here too. */
  let ready: TaskArgs[] = [];
  let taken = 0;
  let made = 0;
  let ended = false;

  async function more(max: number): Promise<void> {
    const rows = await reader.read(max);
    const packed: TaskArgs[] = [];
    for (const row of rows) packed.push(...packer.push(row));
    if (rows.length === 0) {
      packed.push(...packer.end());
      ended = true;
    }
    for (const task of packed) {
      const numbered = task.seq === made + 1 ? task : { ...task, seq: made + 1 };
      if (!accept(numbered)) continue;
      made++;
      ready.push(numbered);
    }
  }

  return {
    async next(max) {
      while (taken === ready.length && !ended) {
        ready = [];
        taken = 0;
        await more(max);
      }
      const from = taken;
      taken = Math.min(ready.length, from + max);
      return ready.slice(from, taken);
    },
    async total() {
      while (!ended) await more(4096);
      return made;
    },
    close: () => reader.close(),
  };
}
