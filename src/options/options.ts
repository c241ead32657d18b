import type { ByteString } from "../bytes/bytes.ts";
import type { Condition } from "../hosts/where.ts";
import type { HostRequest } from "./hosts.ts";
import type {
  Amount,
  BlockSize,
  Delay,
  Grouping,
  Halt,
  Header,
  Host,
  Joblog,
  KeepOutput,
  Parset,
  TermSequence,
  Timeout,
  Trim,
} from "./values.ts";

/**
 * What the command line, $PARALLEL and the profiles asked for; parsed, checked and complete.
 *
 * A field is `undefined` where its option was not given and GNU parallel has no default for it. Values that only another
 * part can understand (replacement strings, perl expressions, regular expressions) stay strings of bytes.
 */
export interface Options
  extends InputOptions,
    ReplacementOptions,
    PackingOptions,
    OutputOptions,
    ProgressOptions,
    RecordOptions,
    LimitOptions,
    FailureOptions,
    PipeOptions,
    EnvironmentOptions,
    SemaphoreOptions,
    RemoteOptions,
    YonderOptions,
    MemoOptions {}

export interface InputOptions {
  /** -d, -0, escapes already resolved; default "\n". */
  readonly delimiter: ByteString;
  /** -E, -e: the value that ends a source. */
  readonly eof: ByteString | undefined;
  /** A perl regular expression; a plain field separator with csv. */
  readonly colsep: ByteString | undefined;
  readonly csv: boolean;
  readonly header: Header | undefined;
  readonly link: boolean;
  readonly shuf: boolean;
  /** undefined: "n", and "lr" where columns are split. */
  readonly trim: Trim | undefined;
  readonly noRunIfEmpty: boolean;
  readonly skipFirstLine: boolean;
  /** Perl conditions with replacement strings; all have to be true. */
  readonly filter: readonly ByteString[];
  readonly hostgroups: boolean;
}

export interface ReplacementOptions {
  /** -I, -i, --replace; default "{}". */
  readonly replace: ByteString;
  /** The next six: undefined means the usual string. */
  readonly basenameReplace: ByteString | undefined;
  readonly dirnameReplace: ByteString | undefined;
  readonly extensionReplace: ByteString | undefined;
  readonly basenameExtensionReplace: ByteString | undefined;
  readonly seqReplace: ByteString | undefined;
  readonly slotReplace: ByteString | undefined;
  readonly plus: boolean;
  /** Each "tag perl expression". */
  readonly rpl: readonly ByteString[];
  /** Both halves of --parens; default ["{=", "=}"]. */
  readonly parens: readonly [left: ByteString, right: ByteString];
  /** -q */
  readonly quote: boolean;
  /** How often --shellquote was given. */
  readonly shellQuote: number;
  readonly template: readonly { readonly file: ByteString; readonly replacement: ByteString }[];
}

export interface PackingOptions {
  /** -n */
  readonly maxArgs: number | undefined;
  /** -N: like -n, and {1} .. {N} are the arguments. With --pipe: records in a block. */
  readonly maxReplaceArgs: number | undefined;
  /** -L, -l. With --pipe: lines in a record. */
  readonly maxLines: number | undefined;
  /** -X */
  readonly contextReplace: boolean;
  /** -m */
  readonly multipleArgs: boolean;
  readonly xargs: boolean;
  /** -s: bytes in a command line. */
  readonly maxChars: number | undefined;
  /** -x */
  readonly exitIfTooLong: boolean;
}

export interface OutputOptions {
  readonly keepOrder: boolean;
  readonly grouping: Grouping;
  readonly latestLine: boolean;
  readonly tag: boolean;
  /** With replacement strings. */
  readonly tagstring: ByteString | undefined;
  /** --color, --ctag, --ctagstring. */
  readonly color: boolean;
  readonly colorFailed: boolean;
  /** How often -v was given; 2 shows the wrapped command. */
  readonly verbose: number;
  /** -t: print commands on standard error. */
  readonly printOnStderr: boolean;
  readonly dryRun: boolean;
  /** Print the names of files that hold the outputs. */
  readonly files: boolean;
  /** --results: a directory, a template of names, or a table NAME.csv, .tsv, .json. */
  readonly results: ByteString | undefined;
  readonly compress: boolean;
  readonly compressProgram: ByteString | undefined;
  readonly decompressProgram: ByteString | undefined;
  readonly tmpdir: ByteString | undefined;
  readonly tmux: boolean;
  readonly tmuxpane: boolean;
  readonly parset: Parset | undefined;
}

export interface ProgressOptions {
  readonly bar: boolean;
  readonly eta: boolean;
  readonly progress: boolean;
  readonly totalJobs: number | undefined;
}

export interface RecordOptions {
  readonly joblog: Joblog | undefined;
  readonly resume: boolean;
  readonly resumeFailed: boolean;
  readonly retryFailed: boolean;
}

export interface LimitOptions {
  /** undefined: 100%, or 1 for a semaphore. */
  readonly jobs: Amount | undefined;
  readonly delay: Delay | undefined;
  readonly sshDelay: Delay | undefined;
  readonly load: Amount | undefined;
  readonly memfreeBytes: number | undefined;
  readonly memsuspendBytes: number | undefined;
  readonly noswap: boolean;
  readonly nice: number | undefined;
  /** A command, or "io n", "load n", "mem n". */
  readonly limit: ByteString | undefined;
  /** What 100% of --jobs means. */
  readonly cpuUnit: "threads" | "cores" | "sockets";
  readonly maxSlots: number | undefined;
  readonly showLimits: boolean;
}

export interface FailureOptions {
  /** Exit statuses that count as success beside 0. */
  readonly ok: readonly number[];
  readonly halt: Halt;
  readonly timeout: Timeout | undefined;
  /** How often a job may run in all; Infinity for --retries 0, 1 by default. */
  readonly retries: number;
  /** --retries with replacement strings: the number is each job's own. */
  readonly retriesTemplate: ByteString | undefined;
  readonly termSeq: TermSequence;
}

export interface PipeOptions {
  readonly pipe: boolean;
  readonly pipePart: boolean;
  /** undefined: 1 MiB, or ten parts for each slot with --pipe-part. */
  readonly block: BlockSize | undefined;
  readonly blockTimeoutMs: number | undefined;
  /** undefined: not given. When neither is given, recend is "\n". */
  readonly recstart: ByteString | undefined;
  readonly recend: ByteString | undefined;
  readonly regexp: boolean;
  readonly removeRecSep: boolean;
  readonly roundRobin: boolean;
  readonly shard: ByteString | undefined;
  readonly bin: ByteString | undefined;
  readonly groupBy: ByteString | undefined;
  readonly cat: boolean;
  readonly fifo: boolean;
  readonly tee: boolean;
}

export interface EnvironmentOptions {
  readonly workdir: ByteString | undefined;
  /** Names for --env, commas already split; "_" is all but the recorded ones. */
  readonly env: readonly ByteString[];
  readonly processSlotVar: ByteString | undefined;
  readonly tty: boolean;
  readonly openTty: boolean;
  /** -p */
  readonly interactive: boolean;
}

export interface SemaphoreOptions {
  readonly semaphore: boolean;
  /** undefined: the name of the controlling terminal. */
  readonly semaphoreName: ByteString | undefined;
  /** Negative: give up after that time; positive: take it anyway. */
  readonly semaphoreTimeoutMs: number | undefined;
  readonly fg: boolean;
  readonly bg: boolean;
  readonly wait: boolean;
}

export interface RemoteOptions {
  /** From --sshlogin, --sshloginfile and --on; empty where none was given, which means this machine too. */
  readonly hosts: readonly Host[];
  /** Where they were named: files may say something else later. */
  readonly hostRequest: HostRequest;
  /** --where: which of the hosts are used, by what is known of them after the first contact. */
  readonly where: Condition | undefined;
  /** The last jobs may run at two hosts; the first to end counts. */
  readonly speculate: boolean;
  /** A host from which nothing has come for so long is lost. */
  readonly hostTimeoutMs: number;
  readonly onall: boolean;
  readonly nonall: boolean;
  readonly transferfile: readonly ByteString[];
  readonly return: readonly ByteString[];
  readonly cleanup: boolean;
  readonly basefile: readonly ByteString[];
  readonly controlmaster: boolean;
  readonly filterHosts: boolean;
  readonly rsyncOpts: ByteString | undefined;
}

export interface YonderOptions {
  /** --out: where each job's {out} is renamed to when the job has succeeded. */
  readonly out: ByteString | undefined;
  readonly json: boolean;
  readonly detach: boolean;
  readonly journal: boolean;
  readonly keepOutput: KeepOutput | undefined;
  /** --trace: where the timeline goes. */
  readonly trace: ByteString | undefined;
}

export interface MemoOptions {
  /** --memo: what an earlier run has done is not done again. */
  readonly memo: boolean;
  /** --memo-input, with replacement strings: files that count beside those that the command names. */
  readonly memoInput: readonly ByteString[];
  /** --memo-env: names of variables, commas already split. */
  readonly memoEnv: readonly ByteString[];
  readonly memoVersion: ByteString | undefined;
}
