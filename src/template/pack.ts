import type { Row, TaskArgs } from "../interface/task.ts";
import { lengthCheck } from "./length.ts";
import type { Template } from "./template.ts";

export interface PackingOptions {
  /** -n: 0 reads one row and inserts nothing. */
  readonly maxArgs?: number | undefined;
  /** -N */
  readonly maxReplaceArgs?: number | undefined;
  /** -L, -l */
  readonly maxLines?: number | undefined;
  /** -X, -m: as many rows as fit, and the last of them spread over the slots. */
  readonly distribute?: boolean;
  /** --xargs: as many rows as fit. */
  readonly fill?: boolean;
  /** -s */
  readonly maxChars?: number | undefined;
  /** How many slots there are, asked at the end of the input. */
  readonly slots?: () => number;
}

/** Gathers rows into the tasks that run on them, in order. Holds the rows of one task at most. */
export interface Packer {
  /** Throws COMMAND_TOO_LONG for a row that fits into no command line. */
  push(row: Row): readonly TaskArgs[];
  /** What is left at the end of the input. */
  end(): readonly TaskArgs[];
}

export function packer(template: Template, options: PackingOptions): Packer {
  const most = greatestCount(options);
  // One row a task, of any length: by far the most common.
  if (most <= 1 && options.maxChars === undefined) return singlePacker(most === 0);
  const check = lengthCheck(template, options.maxChars);
  let rows: Row[] = [];
  let seq = 0;
  const take = (): TaskArgs => {
    const task = { seq: ++seq, rows: most === 0 ? [] : rows };
    rows = [];
    check.restart();
    return task;
  };
  return {
    push(row) {
      const tasks: TaskArgs[] = [];
      if (rows.length >= most || !check.fits(rows, row, seq + 1)) {
        if (rows.length > 0) tasks.push(take());
        if (!check.fits(rows, row, seq + 1)) throw check.tooLong(row, seq + 1);
      }
      rows.push(row);
      // Rows to spread wait until it is known whether they are the last ones.
      if (rows.length >= most && !options.distribute) tasks.push(take());
      return tasks;
    },
    end() {
      const left = rows;
      const size = options.distribute ? Math.ceil(left.length / (options.slots?.() ?? 1)) : left.length;
      const tasks: TaskArgs[] = [];
      for (let at = 0; at < left.length; at += size) {
        rows = left.slice(at, at + size);
        tasks.push(take());
      }
      return tasks;
    },
  };
}

/** Rows in a task at most; 0 for one row of which nothing is inserted. */
function greatestCount(options: PackingOptions): number {
  const { maxReplaceArgs, maxArgs, maxLines, distribute, fill } = options;
  return maxReplaceArgs ?? maxArgs ?? maxLines ?? (distribute || fill ? Number.POSITIVE_INFINITY : 1);
}

function singlePacker(empty: boolean): Packer {
  let seq = 0;
  return {
    push: (row) => [{ seq: ++seq, rows: empty ? [] : [row] }],
    end: () => [],
  };
}
