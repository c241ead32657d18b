import type { ByteString } from "../bytes/bytes.ts";
import type { YonderError } from "../interface/errors.ts";
import type { OutputSpec } from "../interface/launcher.ts";
import type { Row } from "../interface/task.ts";
import { openCapture } from "./capture.ts";
import { anyOrder, inputOrder } from "./order.ts";
import { linePrefixer } from "./tag.ts";
import { openWriter, type Transform } from "./writer.ts";

export interface SinkOptions {
  /** group: each task's output whole. line: whole lines as they come. none: tasks write by themselves (-u). */
  readonly grouping: "group" | "line" | "none";
  /** -k: in the order of the input. */
  readonly keepOrder: boolean;
  /** The directory of the captured output; by default a new one in `tmpdir`, removed at the end. */
  readonly captureDirectory?: ByteString;
  readonly tmpdir: ByteString;
  /** -v, --dry-run: stdout, before the output. -t: stderr, when the attempt starts. */
  readonly showCommand?: "stdout" | "stderr";
  /** Descriptors other than 1 and 2 to write to. */
  readonly stdout?: number;
  readonly stderr?: number;
  /** Takes the captured output over: true where it has moved the file or wants it left in place. Before each unlink. */
  readonly keep?: (seq: number, stream: 1 | 2, source: { path: ByteString; size: number }) => boolean;
  /** All output of the task has been handed to the descriptors. */
  readonly onShown?: (seq: number) => void;
  /** The reader of the descriptor has gone (EPIPE). */
  readonly onClosed: (fd: number) => void;
  readonly onError: (error: YonderError) => void;
}

/** One attempt that is about to start. */
export interface SinkTask {
  readonly seq: number;
  /** 1-based. */
  readonly slot: number;
  /** 1-based. */
  readonly attempt: number;
  /** What a person reads as the command, for -v, -t, joblog and results. */
  readonly command: ByteString;
  /** What stands before every line, without the tab. */
  readonly tag?: ByteString;
  readonly rows: readonly Row[];
}

export interface SinkEnd {
  readonly exitCode: number;
  readonly signal: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  /** False: this attempt's outcome does not count (it will be retried, or was taken back); its output is dropped. */
  readonly keep: boolean;
}

/**
 * What people and files get to see of the tasks' output.
 *
 * Calls for one task: `started`, `ended` for each attempt, of which only the last has `keep`; or `skipped`. With
 * keepOrder every number from 1 on comes exactly once.
 */
export interface Sink {
  /** Where the launcher shall put the output of the attempt that starts now. */
  started(task: SinkTask): OutputSpec;
  ended(seq: number, end: SinkEnd): void;
  /** The task has no output: it will not run, or an earlier run has shown it. */
  skipped(seq: number): void;
  /** Shows what running tasks have written so far; returns in how many ms to call again, undefined for never. */
  poll(): number | undefined;
  /** Bytes of ended tasks that have not been written yet, those that wait for an earlier task included. */
  readonly backlogBytes: number;
  /** Ended tasks that have not been shown. */
  readonly backlogTasks: number;
  /** Resolves when all that can be shown has been written. */
  flush(): Promise<void>;
  /** flush(), then removes what is left of the captures. Safe to repeat. */
  close(): Promise<void>;
}

interface Shown {
  readonly task: SinkTask;
  readonly end: SinkEnd;
}

export function openSink(options: SinkOptions): Sink {
  const capture = openCapture(options);
  const writer = openWriter(options);
  const order = options.keepOrder ? inputOrder(show) : anyOrder(show);
  const stdout = options.stdout ?? 1;
  const stderr = options.stderr ?? 2;
  const running = new Map<number, SinkTask>();
  let backlogTasks = 0;
  let backlogBytes = 0;

  return {
    started: (task) => {
      running.set(task.seq, task);
      if (options.showCommand === "stderr") writer.bytes(stderr, task.command + "\n");
      if (options.showCommand === "stdout" && options.grouping === "none")
        writer.bytes(stdout, task.command + "\n");
      return options.grouping === "none" ? { type: "inherit" } : capture.spec(task);
    },
    ended: (seq, end) => {
      const task = running.get(seq);
      if (task === undefined) return;
      running.delete(seq);
      if (end.keep) {
        backlogTasks++;
        order.done(seq, { task, end });
      } else capture.remove(task);
    },
    skipped: (seq) => order.done(seq, undefined),
    poll: () => undefined,
    get backlogBytes() {
      return backlogBytes;
    },
    get backlogTasks() {
      return backlogTasks;
    },
    flush: () => writer.idle(),
    close: async () => {
      await writer.idle();
      capture.close();
    },
  };

  function show({ task }: Shown): void {
    if (options.grouping === "none") {
      finish(task, undefined);
      return;
    }
    const stored = capture.stored(task);
    const shownBytes = stored.stdoutBytes + stored.stderrBytes;
    backlogBytes += shownBytes;
    const prefix = task.tag === undefined ? "" : task.tag + "\t";
    if (options.showCommand === "stdout") writer.bytes(stdout, `${prefix}${task.command}\n`);
    if (stored.stdoutBytes > 0) writer.file(stdout, stored.stdout, { transform: prefixer(prefix) });
    if (stored.stderrBytes > 0) writer.file(stderr, stored.stderr, { transform: prefixer(prefix) });
    writer.after(() => {
      backlogBytes -= shownBytes;
      keepOrRemove(task.seq, 1, stored.stdout, stored.stdoutBytes);
      keepOrRemove(task.seq, 2, stored.stderr, stored.stderrBytes);
      finish(task, stored);
    });
  }

  function keepOrRemove(seq: number, stream: 1 | 2, path: ByteString, size: number): void {
    if (options.keep?.(seq, stream, { path, size }) !== true) capture.unlink(path);
  }

  function finish(task: SinkTask, _stored: unknown): void {
    backlogTasks--;
    options.onShown?.(task.seq);
  }
}

function prefixer(prefix: ByteString): Transform | undefined {
  return prefix === "" ? undefined : linePrefixer(prefix);
}
