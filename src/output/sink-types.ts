import type { ByteString } from "../bytes/bytes.ts";
import type { YonderError } from "../interface/errors.ts";
import type { OutputSpec, Wrote } from "../interface/launcher.ts";
import type { Row } from "../interface/task.ts";
import type { RunName } from "./places.ts";
import type { Results } from "./results.ts";
import type { Beyond, Canvas, Overlay, ThereAlready } from "./writer-types.ts";

/** --_parset TYPE,NAME…: one array, an associative array, or a variable for each task. */
export interface Parset {
  readonly type: "var" | "assoc";
  readonly names: readonly ByteString[];
}

export interface SinkOptions {
  /**
   * group: each task's output whole. line: whole lines as they come. latest: the latest line of each task.
   * none: tasks write by themselves (-u).
   */
  readonly grouping: "group" | "line" | "latest" | "none";
  /** -k: in the order of the input. */
  readonly keepOrder: boolean;
  /** Where --files go, and the directory of captured output where none is given. */
  readonly tmpdir: ByteString;
  /** An existing directory for captured output; by default a new one in tmpdir, which close() removes. */
  readonly captureDirectory?: ByteString;
  /** -v: on stdout, before the output. -t: on stderr, when an attempt starts. */
  readonly showCommand?: "stdout" | "stderr";
  /** Names what attempts write among other people's files. */
  readonly run?: RunName;
  /** task: --color. failed: --color-failed. */
  readonly color?: "task" | "failed";
  /** --files: the name of the file with the output is shown in its place. */
  readonly files?: boolean;
  /** --results: output is not shown. */
  readonly results?: Results;
  /** --json: an object for each task, a line each, with its outputs in it. */
  readonly json?: boolean;
  /** --_parset: outputs as shell code that sets variables. */
  readonly parset?: Parset;
  /** --compress: files that stay (--files, --results DIR) are compressed by this program, from stdin to stdout. */
  readonly compressProgram?: ByteString;
  /** --dry-run: commands are shown as with -v, and nothing else is written. Tasks are started and ended as ever. */
  readonly dryRun?: boolean;
  readonly joblog?: { readonly name: ByteString; readonly resume: boolean };
  /** What earlier drivers of the job have shown. */
  readonly earlier?: Earlier;
  /** Descriptors other than 1 and 2 to write to. */
  readonly stdout?: number;
  readonly stderr?: number;
  /** What stands below the output on the same terminal: a progress panel. */
  readonly overlay?: Overlay;
  /** So many bytes of what is shown first are there already: an earlier run was cut off. */
  readonly there?: ThereAlready;
  /** Called before each write, for what must be on disk before anybody can see it. */
  readonly beforeWrite?: () => void;
  /** Called after writing, and after `onShown` of all that are out by it. */
  readonly onWritten?: (beyond: Beyond) => void;
  /** Called before a capture is removed. True takes it over: the file has been moved, or stays where it is. */
  readonly keep?: (seq: number, stream: 1 | 2, capture: { path: ByteString; size: number }) => boolean;
  /** The task's captured output, so many bytes, is written next; nothing of it has been. Not called for live output. */
  readonly onShowing?: (seq: number, stdoutBytes: number, stderrBytes: number) => void;
  /** All output of the task has been written, and its line in the joblog. */
  readonly onShown?: (seq: number) => void;
  /** All output is out, and last words of so many bytes are written to standard output next. */
  readonly onClosing?: (bytes: number) => void;
  /** The reader of a descriptor has gone (EPIPE); what comes for it is dropped. */
  readonly onClosed: (fd: number) => void;
  /** Output, the joblog or results cannot be written. */
  readonly onError: (error: YonderError) => void;
}

/** What is there of a job that is gone on with. */
export interface Earlier {
  /** The task has its outcome. */
  isDone(seq: number): boolean;
  /** The task's line is in the joblog. */
  isLogged(seq: number): boolean;
  /** So many tasks have been shown whole, of those of which something is always shown. */
  readonly shownCount: number;
  /** How much of the last words is there, where no task is shown before them. */
  readonly closedBytes: number;
}

/** A task that was cancelled has no output that is shown. */
export type ShownOutcome = "succeeded" | "failed" | "timedOut" | "skipped";

/** One attempt that is about to start. */
export interface SinkTask {
  readonly seq: number;
  /** 1-based. */
  readonly slot: number;
  /** 1-based. */
  readonly attempt: number;
  /** What a person reads as the command: for -v, -t, the joblog and results. */
  readonly command: ByteString;
  /** What stands before every line, without the tab. */
  readonly tag?: ByteString;
  readonly rows: readonly Row[];
  /** The value of a --results template. */
  readonly resultsPath?: ByteString;
  /** It has ended under an earlier driver, and its output is there: see `Counted`. */
  readonly stays?: ByteString;
}

/** The output of an attempt that counts. */
export interface Counted {
  readonly output: OutputSpec;
  /** What a later driver must know, to show it as this one does. */
  readonly again: ShownAgain;
}

export interface ShownAgain {
  /** Where it stays, in files of the person's. */
  readonly stays?: ByteString;
  /** The arguments, which stand beside it. */
  readonly values?: readonly ByteString[];
  /** The command, which does. */
  readonly command?: ByteString;
}

export interface SinkEnd {
  /** By default what exit code and signal say. */
  readonly outcome?: ShownOutcome;
  /** 0 to 255. */
  readonly exitCode: number;
  readonly signal: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  /** False: the attempt does not count (it will be retried, was taken back, or killed by --halt now). */
  readonly keep: boolean;
  /** Whether there is anything in the two files, where somebody has looked. */
  readonly wrote?: Wrote;
  /** It did not run: what it gives was there. */
  readonly reused?: boolean;
  /** What it gives, in place of what is in the two files, which do not exist. Only where the sink `takesTexts`. */
  readonly texts?: { readonly stdout: ByteString; readonly stderr: ByteString };
  /** Bytes on standard input, for --pipe, and of files that were sent to its host; 0 by default. */
  readonly sendBytes?: number;
  /** Bytes of files that came back from its host, beside its output. */
  readonly returnBytes?: number;
  /** Where it ran; this machine (`:`) by default. */
  readonly host?: ByteString;
}

/**
 * What people and files get to see of the tasks' output.
 *
 * For each task: `started` and `ended` for each attempt, of which at most the last has `keep`; or `skipped`. With
 * keepOrder every number from 1 on must come to an end by a kept `ended` or by `skipped`, or later ones wait for ever.
 */
export interface Sink {
  /** Where the launcher shall put the output of the attempt that starts now. The files do not exist. */
  started(task: SinkTask): OutputSpec;
  /**
   * The attempt of the task that runs now counts, and its output gets its name, if it is to have one: before its outcome is
   * recorded, so that what has an outcome has its files. `ended` does it where nobody has.
   */
  counts(seq: number): Counted | undefined;
  ended(seq: number, end: SinkEnd): void;
  /** The task has no output: it will not run, or an earlier run has shown it. With a task, the joblog has it as -2. */
  skipped(seq: number, task?: SinkTask): void;
  /** Shows what running tasks have written so far. Returns in how many ms to call again; undefined: never. */
  poll(): number | undefined;
  /** Whole lines on standard error that are no task's: see Writer. Also after close(). None remove the overlay. */
  note(lines: ByteString): void;
  /** Where the overlay is drawn: standard error. */
  readonly canvas: Canvas;
  /** Short outputs need not be in files. */
  readonly takesTexts: boolean;
  /** Bytes of ended tasks whose turn has come but that are not written yet. */
  readonly backlogBytes: number;
  /** Ended tasks that are not shown, those that wait for an earlier one included. */
  readonly backlogTasks: number;
  /** Resolves when all whose turn has come is written; rejects with the first error. */
  flush(): Promise<void>;
  /** flush(), then closes files and removes the captures' directory. The exit status is for --_parset. Safe to repeat. */
  close(exitCode?: number): Promise<void>;
}
