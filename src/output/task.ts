import type { ByteString } from "../bytes/bytes.ts";
import { roundedMs } from "../clock.ts";
import type { Row } from "../interface/task.ts";
import { failedColor, taskColor } from "./color.ts";
import type { LogEntry } from "./joblog.ts";
import { type LineDecoration, lineDecorator } from "./lines.ts";
import type { Transform } from "./parts.ts";
import type { Place } from "./places.ts";
import type { ShownAgain, ShownOutcome, SinkEnd, SinkOptions, SinkTask } from "./sink-types.ts";
import { openTail, type Tail } from "./tail.ts";

/** An attempt between its start and its end. */
export interface Running {
  readonly task: ShownTask;
  /** Undefined where it writes by itself. */
  place: Place | undefined;
  readonly color: "task" | "failed" | undefined;
  /** Made when they are looked at for the first time while the task runs. */
  follow: Follow | undefined;
  /** Its files could not be given their names, as has been said: it does not count as shown. */
  isLost: boolean;
  /** -v has shown its command. */
  isCommandShown: boolean;
  end: SinkEnd | undefined;
}

export interface ShownTask {
  readonly seq: number;
  readonly command: ByteString;
  readonly tag: ByteString | undefined;
  readonly rows: readonly Row[];
}

/** What has been shown of a task that still runs. */
export interface Follow {
  readonly stdout: Followed;
  readonly stderr: Followed;
}

export interface Followed {
  readonly tail: Tail;
  readonly transform: Transform | undefined;
}

export interface Ended extends Running {
  end: SinkEnd;
}

export function runningTask(task: ShownTask, place: Place | undefined, color: Running["color"]): Running {
  return { task, place, color, follow: undefined, isLost: false, isCommandShown: false, end: undefined };
}

export function endedTask(running: Running, end: SinkEnd): Ended {
  running.end = end;
  return running as Ended;
}

/**
 * What is remembered of a task. With keepOrder very many may wait for one slow task, and a command may be long, so only
 * what will be written is kept.
 */
export function shownTask(task: SinkTask, options: SinkOptions): ShownTask {
  const isTable = options.results?.type === "table" || options.json === true;
  const isLogged = options.joblog !== undefined || isTable;
  const hasRows = isTable || options.parset !== undefined;
  return {
    seq: task.seq,
    command: isLogged || options.showCommand === "stdout" ? task.command : "",
    tag: task.tag,
    rows: hasRows ? task.rows : NO_ROWS,
  };
}

const NO_ROWS: readonly Row[] = [];

export function shownAgain({ task, place }: Running): ShownAgain {
  return {
    ...(place?.stays !== undefined && { stays: place.stays }),
    ...(task.rows.length > 0 && { values: task.rows.flat() }),
    ...(task.command !== "" && { command: task.command }),
  };
}

/** A new transform for one output of the task; each output needs its own. */
export function taskTransform(running: Running, hasFailed: boolean): Transform | undefined {
  return lineDecorator(taskDecoration(running, hasFailed));
}

export function taskDecoration({ task, color }: Running, hasFailed: boolean): LineDecoration {
  const tag = task.tag === undefined ? "" : `${task.tag}\t`;
  if (color === undefined || (color === "failed" && !hasFailed)) return { before: tag, after: "" };
  const { before, after } = color === "task" ? taskColor(task.seq) : failedColor();
  return { before: before + tag, after };
}

export function follow(running: Running, place: Place): Follow {
  running.follow ??= {
    stdout: { tail: openTail(place.stdout), transform: taskTransform(running, false) },
    stderr: { tail: openTail(place.stderr), transform: taskTransform(running, false) },
  };
  return running.follow;
}

export function outcomeOf({ outcome, exitCode, signal }: SinkEnd): ShownOutcome {
  return outcome ?? (exitCode === 0 && signal === 0 ? "succeeded" : "failed");
}

export function hasFailed(end: SinkEnd): boolean {
  const outcome = outcomeOf(end);
  return outcome === "failed" || outcome === "timedOut";
}

/** GNU parallel's exit codes of tasks whose own says nothing. */
const GNU_EXIT_CODES: Partial<Record<ShownOutcome, number>> = { timedOut: -1, skipped: -2 };

/** Times are as precise as the journal has them: who shows this again says the same. */
export function logEntry({ task, end }: Ended, receiveBytes: number): LogEntry {
  return {
    seq: task.seq,
    host: end.host ?? ":",
    startMs: roundedMs(end.startMs),
    endMs: roundedMs(end.endMs),
    sendBytes: end.sendBytes ?? 0,
    receiveBytes: receiveBytes + (end.returnBytes ?? 0),
    exitCode: GNU_EXIT_CODES[outcomeOf(end)] ?? end.exitCode,
    signal: end.signal,
    command: task.command,
    ...(end.reused && { reused: true }),
  };
}
