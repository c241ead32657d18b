import type { Row, TaskArgs } from "../interface/task.ts";

export interface PackingOptions {
  /** -n: 0 reads one row and inserts nothing. */
  readonly maxArgs?: number | undefined;
  /** -N */
  readonly maxReplaceArgs?: number | undefined;
  /** -L, -l */
  readonly maxLines?: number | undefined;
}

/** Gathers rows into the tasks that run on them. Holds the rows of one task at most. */
export interface Packer {
  push(row: Row): readonly TaskArgs[];
  /** What is left at the end of the input. */
  end(): readonly TaskArgs[];
}

export function packer(options: PackingOptions): Packer {
  const size = options.maxReplaceArgs ?? options.maxArgs ?? options.maxLines ?? 1;
  let rows: Row[] = [];
  let seq = 0;
  const take = (): TaskArgs[] => {
    const task = { seq: ++seq, rows: size === 0 ? [] : rows };
    rows = [];
    return [task];
  };
  return {
    push(row) {
      rows.push(row);
      return rows.length >= size ? take() : [];
    },
    end: () => (rows.length > 0 ? take() : []),
  };
}
