import type { RowReader } from "../../../input/options.ts";
import type { TaskArgs } from "../../../interface/task.ts";
import type { Packer } from "../../../template/pack.ts";
import type { TaskSource } from "./task.ts";

/** Tasks from the rows of the input. */
export function rowTasks(reader: RowReader, packer: Packer): TaskSource {
  /** Tasks made and not yet taken; what total() has read ahead is here too. */
  let ready: TaskArgs[] = [];
  let taken = 0;
  let made = 0;
  let ended = false;

  async function more(max: number): Promise<void> {
    const rows = await reader.read(max);
    const before = ready.length;
    for (const row of rows) ready.push(...packer.push(row));
    if (rows.length === 0) {
      ready.push(...packer.end());
      ended = true;
    }
    made += ready.length - before;
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
