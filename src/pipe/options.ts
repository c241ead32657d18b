import type { ByteString } from "../bytes/bytes.ts";

/** How GNU parallel's options say where records and blocks end. */
export interface BlockOptions {
  /** --block, more than 0. A block is filled with whole records up to this size. */
  readonly blockBytes: number;
  /** --recstart and --recend as written; a record ends with "\n" where neither is given. */
  readonly recstart?: ByteString | undefined;
  readonly recend?: ByteString | undefined;
  /** --regexp: both are perl regular expressions. */
  readonly regexp?: boolean | undefined;
  /** --remove-rec-sep */
  readonly removeSeparators?: boolean | undefined;
  /** -N: records (with --group-by: groups) in a block. */
  readonly records?: number | undefined;
  /** -L: a record is this many lines. */
  readonly lines?: number | undefined;
  readonly header?: Header | undefined;
  readonly skipFirstLine?: boolean | undefined;
  readonly groupBy?: KeyOptions | undefined;
  /** -r: lines of nothing but white space are not read. */
  readonly skipBlank?: boolean | undefined;
  /** --block-timeout */
  readonly timeoutMs?: number | undefined;
  /** What a person should know, without "parallel: Warning: " before it. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** What stands before the records and is given to every job: `--header 2`, `--header :` (one line), `--header REGEXP`. */
export type Header =
  | { readonly type: "lines"; readonly lines: number }
  | { readonly type: "regexp"; readonly regexp: ByteString };

/** A value of each line, for --group-by, --shard and --bin. */
export interface KeyOptions {
  /** As written: `2`, `name`, `2 s/a/b/`, `name s/a/b/`, `s/a/b/`. */
  readonly key: ByteString;
  /** --colsep, a perl regular expression; a tab where absent. */
  readonly colsep?: ByteString | undefined;
  /** Runs a perl expression with each value in $_ and gives back each $_. Needed only where `key` has an expression. */
  readonly evaluate?: Evaluate | undefined;
}

export type Evaluate = (
  expression: ByteString,
  values: readonly ByteString[],
) => readonly ByteString[] | Promise<readonly ByteString[]>;

/** What one job gets. The records are borrowed: after `release` their memory may carry the next block. */
export interface Block {
  /** What --header found; the same for all blocks. */
  readonly header: Buffer | undefined;
  readonly records: Buffer;
  /** The header, then the records: what a job with one block reads. */
  readonly chunks: readonly Buffer[];
  /** The length of the chunks together. */
  readonly bytes: number;
  /** Gives the memory back. Safe to repeat. */
  release(): void;
}
