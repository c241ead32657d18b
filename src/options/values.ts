import type { ByteString } from "../bytes/bytes.ts";

export type { Host } from "../hosts/host.ts";

/** --jobs, --load: how many. A file is read again whenever a job ends. */
export type Amount =
  | { readonly type: "count"; readonly count: number }
  /** --jobs 0: as many as possible. */
  | { readonly type: "max" }
  | { readonly type: "plus"; readonly count: number }
  | { readonly type: "minus"; readonly count: number }
  | { readonly type: "percent"; readonly percent: number }
  | { readonly type: "file"; readonly path: ByteString };

/** --halt: when to stop starting jobs ("soon"), or kill those that run too ("now"). */
export type Halt =
  | { readonly when: "never" }
  | { readonly when: "soon" | "now"; readonly what: "fail" | "success" | "done"; readonly count: number }
  | { readonly when: "soon" | "now"; readonly what: "fail" | "success" | "done"; readonly percent: number };

export type Timeout =
  | { readonly type: "duration"; readonly ms: number }
  /** Of the median run time of the jobs that succeeded. */
  | { readonly type: "percent"; readonly percent: number };

export interface Delay {
  readonly ms: number;
  /** Grow by 30% when a job fails, shrink by 10% when one succeeds. */
  readonly auto: boolean;
}

/** --term-seq: signals in order, each with the time to wait after it. */
export type TermSequence = readonly (readonly [signal: NodeJS.Signals, waitMs: number])[];

/** --block: bytes in a block, or (negative values, --pipe-part) how many parts each slot gets. */
export type BlockSize =
  | { readonly type: "bytes"; readonly bytes: number }
  | { readonly type: "partsPerSlot"; readonly parts: number };

/** --header: what the first lines of a source mean. */
export type Header =
  /** 1 for `--header :`. The first line of each source names its columns; with --pipe these lines go to every job. */
  | { readonly type: "lines"; readonly lines: number }
  | { readonly type: "regexp"; readonly regexp: ByteString }
  /** --header 0: the file names of --arg-file and :::: become replacement strings. */
  | { readonly type: "paths" };

export interface Joblog {
  readonly path: ByteString;
  readonly append: boolean;
}

export type Trim = "n" | "l" | "r" | "lr";

/** --group (the default), --line-buffer, --ungroup; the last one of them counts. */
export type Grouping = "group" | "line" | "none";

/** --keep-output: which output the journal keeps after the run. */
export type KeepOutput =
  | { readonly type: "all" | "none" }
  | { readonly type: "bytes"; readonly bytes: number };

/** --_parset: print shell code that sets variables instead of the output. */
export interface Parset {
  readonly type: "assoc" | "var";
  readonly names: readonly ByteString[];
}
