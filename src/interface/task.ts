import type { ByteString } from "../bytes/bytes.ts";

/** One record of the input: one value per input source, or per column with --colsep. */
export type Row = readonly ByteString[];

/** What one task of a command job runs on. Immutable. */
export interface TaskArgs {
  /** 1-based position among the tasks of the job: GNU parallel's {#}. */
  readonly seq: number;
  /** One row, or several with -n, -N, -L, -m, -X. Empty for --pipe jobs. */
  readonly rows: readonly Row[];
  /** What {} stands for where there are no rows; nothing by default. */
  readonly value?: ByteString;
  /** Values go into the command as they are. */
  readonly isRaw?: boolean;
}

/** How one attempt ended, as the operating system said it. */
export interface Exit {
  /** 0 to 255; 0 where a signal ended the attempt. */
  readonly exitCode: number;
  /** Signal number, 0 for none. */
  readonly signal: number;
}
