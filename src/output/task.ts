import { failedColor, taskColor } from "./color.ts";
import type { LogEntry } from "./joblog.ts";
import { type LineDecoration, lineDecorator } from "./lines.ts";
import type { Transform } from "./parts.ts";
import type { Place } from "./places.ts";
import type { SinkEnd, SinkTask } from "./sink.ts";
import { openTail, type Tail } from "./tail.ts";

/** An attempt between its start and its end. */
export interface Running {
  readonly task: SinkTask;
  /** Undefined where it writes by itself. */
  readonly place: Place | undefined;
  readonly color: "task" | "failed" | undefined;
  /** Made when they are looked at for the first time while the task runs. */
  follow: Follow | undefined;
  /** -v has shown its command. */
  isCommandShown: boolean;
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
  readonly end: SinkEnd;
}

export function runningTask(task: SinkTask, place: Place | undefined, color: Running["color"]): Running {
  return { task, place, color, follow: undefined, isCommandShown: false };
}

export function endedTask(running: Running, end: SinkEnd): Ended {
  return { ...running, end };
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

export function hasFailed(end: SinkEnd): boolean {
  return end.exitCode !== 0 || end.signal !== 0;
}

export function logEntry({ task, end }: Ended, receiveBytes: number): LogEntry {
  return {
    seq: task.seq,
    startMs: end.startMs,
    endMs: end.endMs,
    sendBytes: end.sendBytes ?? 0,
    receiveBytes,
    exitCode: end.exitCode,
    signal: end.signal,
    command: task.command,
  };
}
