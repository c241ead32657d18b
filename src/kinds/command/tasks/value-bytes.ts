import type { TaskArgs } from "../../../interface/task.ts";

/** How much memory the values of a task take. */
export function valueBytes({ rows }: Pick<TaskArgs, "rows">): number {
  let bytes = 0;
  for (const row of rows) for (const value of row) bytes += value.length;
  return bytes;
}
